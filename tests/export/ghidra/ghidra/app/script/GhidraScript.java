// As much of Ghidra as the exported script uses: for a test, with nothing behind it.
package ghidra.app.script;

import ghidra.program.model.address.Address;
import ghidra.program.model.listing.Function;
import ghidra.program.model.listing.Program;
import java.util.Map;
import java.util.TreeMap;

public abstract class GhidraScript {
	public Program currentProgram = new Program();
	public Map<Long, Function> functions = new TreeMap<>();
	public boolean answer;

	protected abstract void run() throws Exception;

	public void go() throws Exception {
		run();
	}

	public Function getFunctionAt(Address address) {
		return functions.get(address.getOffset());
	}

	public boolean isRunningHeadless() {
		return false;
	}

	public boolean askYesNo(String title, String question) {
		println(question);
		return answer;
	}

	public void println(String text) {
		System.out.println(text);
	}
}
