package ghidra.program.model.symbol;

public enum SourceType {
	DEFAULT, ANALYSIS, IMPORTED, USER_DEFINED
}
