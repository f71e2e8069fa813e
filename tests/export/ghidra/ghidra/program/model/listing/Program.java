package ghidra.program.model.listing;

import ghidra.program.model.address.Address;

public class Program {
	public String sha256;
	public long image;

	public String getExecutableSHA256() {
		return sha256;
	}

	public Address getImageBase() {
		return new Address(image);
	}
}
