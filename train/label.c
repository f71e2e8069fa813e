#include "train.h"
#include <string.h>

/* Names that compilers and run-times give; what three projects have alike is dropped besides, in gather.c. */
static bool is_runtime(const char *name)
{
	static const char *const prefixes[] = { "__", "_GLOBAL_", "_dl_", "_nl_", "_IO_", "_Unwind",
		"frame_dummy", "register_tm_clones", "deregister_tm_clones", "$", ".", "L_", "sub_" };
	static const char *const names[] = { "main", "_start", "_init", "_fini", "start", "usage", "WinMain",
		"DllMain", "mainCRTStartup", "atexit", "_pei386_runtime_relocator", "call_weak_fn" };

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/*
 * gcc marks what it splits off or specialises with a dot: `f.cold` and
 * `f.part.0` are pieces of f, `f.isra.0`, `f.constprop.0` and `f.lto_priv.0`
 * are f.
 */
void train_clean_name(const char *symbol, bool underscore, char *ret, size_t size)
{
	size_t len = strcspn(symbol, ".@");

	*ret = 0;
	if (strstr(symbol, ".cold") || strstr(symbol, ".part.") || is_runtime(symbol))
		return;
	if (underscore && symbol[0] == '_') {
		symbol++;
		len--;
		if (is_runtime(symbol))
			return;
	}
	if (!len || len >= size)
		return;
	memcpy(ret, symbol, len);
	ret[len] = 0;
}
