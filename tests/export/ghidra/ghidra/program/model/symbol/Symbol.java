package ghidra.program.model.symbol;

public class Symbol {
	public SourceType source;

	public SourceType getSource() {
		return source;
	}
}
