// Runs the script: Main SHA-256 IMAGE-BASE yes|no ADDRESS=NAME...
import ghidra.app.script.GhidraScript;
import ghidra.program.model.listing.Function;
import ghidra.program.model.symbol.SourceType;
import java.util.Map;

public class Main {
	public static void main(String[] arguments) throws Exception {
		GhidraScript script = (GhidraScript) Class.forName("InquiryNames").getDeclaredConstructor().newInstance();
		script.currentProgram.sha256 = arguments[0];
		script.currentProgram.image = Long.parseUnsignedLong(arguments[1], 16);
		script.answer = arguments[2].equals("yes");
		for (int i = 3; i < arguments.length; i++) {
			String[] part = arguments[i].split("=", -1);
			Function function = new Function();
			function.name = part[1].isEmpty() ? "FUN_" + part[0] : part[1];
			function.symbol.source = part[1].isEmpty() ? SourceType.DEFAULT : SourceType.USER_DEFINED;
			script.functions.put(Long.parseUnsignedLong(part[0], 16), function);
		}
		script.go();
		for (Map.Entry<Long, Function> each : script.functions.entrySet()) {
			System.out.println(Long.toHexString(each.getKey()) + "=" + each.getValue().name + " " +
				each.getValue().comment);
		}
	}
}
