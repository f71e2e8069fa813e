/*
 * Imports that never come back. The list is of documented behaviour (C and
 * POSIX, glibc, the C++ ABI, Win32, the MSVC run-time, macOS).
 */
#include "code/recover.h"
#include <string.h>

static const char *const names[] = {
	/* sorted; leading underscores as the symbol has them */
	"ExitProcess",
	"ExitThread",
	"FatalAppExitA",
	"FatalAppExitW",
	"FatalExit",
	"FreeLibraryAndExitThread",
	"RaiseFailFastException",
	"RtlExitUserProcess",
	"RtlExitUserThread",
	"RtlFailFast2",
	"_CxxThrowException",
	"_Exit",
	"_Unwind_Resume",
	"_ZSt10unexpectedv",
	"_ZSt16__throw_bad_castv",
	"_ZSt17__throw_bad_allocv",
	"_ZSt17rethrow_exceptionNSt15__exception_ptr13exception_ptrE",
	"_ZSt18__throw_bad_typeidv",
	"_ZSt19__throw_logic_errorPKc",
	"_ZSt19__throw_range_errorPKc",
	"_ZSt20__throw_domain_errorPKc",
	"_ZSt20__throw_future_errori",
	"_ZSt20__throw_length_errorPKc",
	"_ZSt20__throw_out_of_rangePKc",
	"_ZSt20__throw_system_errori",
	"_ZSt21__throw_bad_exceptionv",
	"_ZSt21__throw_runtime_errorPKc",
	"_ZSt22__throw_overflow_errorPKc",
	"_ZSt23__throw_underflow_errorPKc",
	"_ZSt24__throw_invalid_argumentPKc",
	"_ZSt24__throw_out_of_range_fmtPKcz",
	"_ZSt25__throw_bad_function_callv",
	"_ZSt28__throw_bad_array_new_lengthv",
	"_ZSt9terminatev",
	"__assert",
	"__assert_fail",
	"__assert_perror_fail",
	"__assert_rtn",
	"__chk_fail",
	"__cxa_bad_cast",
	"__cxa_bad_typeid",
	"__cxa_call_terminate",
	"__cxa_call_unexpected",
	"__cxa_pure_virtual",
	"__cxa_rethrow",
	"__cxa_throw",
	"__cxa_throw_bad_array_new_length",
	"__fortify_fail",
	"__libc_fatal",
	"__libc_start_main",
	"__longjmp_chk",
	"__stack_chk_fail",
	"__uClibc_main",
	"_abort",
	"_amsg_exit",
	"_assert",
	"_c_exit",
	"_endthread",
	"_endthreadex",
	"_exit",
	"_invalid_parameter_noinfo_noreturn",
	"_invoke_watson",
	"_longjmp",
	"_quick_exit",
	"_wassert",
	"abort",
	"err",
	"errc",
	"errx",
	"exit",
	"exit_group",
	"g_assertion_message",
	"g_assertion_message_cmpnum",
	"g_assertion_message_cmpstr",
	"g_assertion_message_expr",
	"longjmp",
	"pthread_exit",
	"quick_exit",
	"siglongjmp",
	"thrd_exit",
	"verr",
	"verrc",
	"verrx",
	"xalloc_die",
};

bool inq_import_no_return(const struct inq_exhibit *x, uint32_t import)
{
	const char *name = import < x->import_count ? x->imports[import].name : NULL;
	size_t low = 0, high = sizeof names / sizeof names[0];

	if (!name)
		return false;
	/* Mach-O names carry a further underscore. */
	if (x->format == INQ_FORMAT_MACHO && name[0] == '_')
		name++;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(name, names[middle]);

		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}
