package ghidra.program.model.listing;

import ghidra.program.model.symbol.SourceType;
import ghidra.program.model.symbol.Symbol;

public class Function {
	public String name;
	public String comment;
	public Symbol symbol = new Symbol();

	public String getName() {
		return name;
	}

	public Symbol getSymbol() {
		return symbol;
	}

	public String getComment() {
		return comment;
	}

	public void setComment(String text) {
		comment = text;
	}

	public void setName(String text, SourceType source) throws Exception {
		name = text;
		symbol.source = source;
	}
}
