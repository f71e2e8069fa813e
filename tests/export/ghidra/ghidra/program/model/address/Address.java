package ghidra.program.model.address;

public class Address {
	private final long offset;

	public Address(long offset) {
		this.offset = offset;
	}

	public long getOffset() {
		return offset;
	}

	public Address addWrap(long more) {
		return new Address(offset + more);
	}
}
