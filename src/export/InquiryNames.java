// Names functions as inquiry proposes. Each name is that of a function of a known program that
// this one was found to be, with the probability of that. Nothing is done unless the program is
// one that the names are for, by its SHA-256; what has a name keeps it unless you agree.
// The file has to be called InquiryNames.java. For Ghidra 10 and later.
// @category Inquiry

import ghidra.app.script.GhidraScript;
import ghidra.program.model.address.Address;
import ghidra.program.model.listing.Function;
import ghidra.program.model.symbol.SourceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public class InquiryNames extends GhidraScript {

	@Override
	public void run() throws Exception {
		String sha256 = currentProgram.getExecutableSHA256();
		Map<String, String[]> rows = new LinkedHashMap<>();
		String base = rowsOf(sha256, rows);
		if (rows.isEmpty()) {
			println("inquiry: no names for this program, by its SHA-256; nothing was done");
			return;
		}
		Address image = currentProgram.getImageBase();
		// Without a base addresses are as they stand in the file.
		long shift = base.isEmpty() ? image.getOffset() : Long.parseUnsignedLong(base, 16);
		List<Function> functions = new ArrayList<>();
		List<String[]> fields = new ArrayList<>();
		int named = 0;
		int missing = 0;
		for (String[] row : rows.values()) {
			Function function = getFunctionAt(image.addWrap(Long.parseUnsignedLong(row[0], 16) - shift));
			if (function == null) {
				missing++;
				continue;
			}
			if (hasName(function) && !function.getName().equals(row[1])) {
				named++;
			}
			functions.add(function);
			fields.add(row);
		}
		boolean replace = named > 0 && !isRunningHeadless() &&
			askYesNo("inquiry", named + " of the functions have names already. Replace these?");
		int done = 0;
		int kept = 0;
		for (int i = 0; i < functions.size(); i++) {
			if (hasName(functions.get(i)) && !replace) {
				kept++;
			}
			else if (name(functions.get(i), fields.get(i))) {
				done++;
			}
		}
		println("inquiry: " + done + " functions named, " + kept + " kept their names, at " + missing +
			" addresses no function starts");
	}

	private static boolean hasName(Function function) {
		return function.getSymbol().getSource() != SourceType.DEFAULT;
	}

	private boolean name(Function function, String[] row) {
		String comment = "inquiry: " + row[2] + " of " + row[3] + "/" + row[4] + ", probability " + row[5] +
			", " + row[6];
		String old = function.getComment();
		try {
			function.setName(row[1], SourceType.ANALYSIS);
		}
		catch (Exception e) {
			println("inquiry: " + row[0] + ": " + e.getMessage());
			return false;
		}
		if (old == null || !old.contains(comment)) {
			function.setComment(old == null || old.isEmpty() ? comment : old + "\n" + comment);
		}
		return true;
	}

	// Gathers the rows of the program with that digest; returns the image base that they count from.
	private static String rowsOf(String sha256, Map<String, String[]> rows) {
		String base = "";
		boolean mine = false;
		for (String[] part : Rows.ALL) {
			for (String row : part) {
				String[] fields = row.split("\\|", -1);
				if (row.startsWith("@")) {
					mine = fields[0].substring(1).equals(sha256);
					base = mine ? fields[1] : base;
				}
				else if (mine) {
					rows.putIfAbsent(fields[0], fields);
				}
			}
		}
		return base;
	}

	// A program: "@SHA-256|BASE|FILE"; BASE is the image base that its addresses count from, empty where unknown.
	// A function: "ADDRESS|NAME|ORIGINAL NAME|LABEL|SAMPLE|PROBABILITY|how". %XX is a byte as it stands there.
	// In parts, since a class of Java holds only so many strings.
@ROWS@}
