/*
 * Documents for the tests of exports, small and as the commands write them; what a sample can write in
 * them is hostile: markup, formulas, bidi overrides, escapes of terminals, quotes of every language.
 */
#ifndef MAKE_EXPORT_DOCUMENTS_H
#define MAKE_EXPORT_DOCUMENTS_H

#define MAKE_UNKNOWN "8d6aaec70fb0bd17dce8b9420363de3af7070b9033c1cd1d32bc1bcb94870bec"
#define MAKE_SAMPLE "8fe3dda665a71f8959899c9cca7eb73b1c180ec4bbf5172380f1ea66c6319777"

/* A function found in one family, one in a library, one that matches nothing. */
#define MAKE_SEARCH_OF(file, name)                                                                           \
	"{\"schema\":\"inquiry.search/1\",\"program\":\"inquiry 0.1.0\",\"searches\":[{\"file\":\"" file     \
	"\",\"sha256\":\"" MAKE_UNKNOWN "\",\"format\":\"ELF\",\"base\":\"0x400000\",\"corpus\":{\"file\":"  \
	"\"known.corpus\",\"digest\":\"" MAKE_SAMPLE                                                         \
	"\"},\"sharing\":\"code\",\"families\":[{\"label\":\"alpha\",\"samples\":2,\"sharing\":\"code\","    \
	"\"distinctive\":7,"                                                                                 \
	"\"distinctive_bytes\":1636,\"identical\":4}],\"libraries\":[{\"label\":\"common\"}],\"functions\":" \
	"["                                                                                                  \
	"{\"va\":\"0x401000\",\"size\":225,\"name\":\"own\",\"standing\":\"distinctive\",\"label\":"         \
	"\"alpha\",\"families\":1,"                                                                          \
	"\"information\":443,\"candidates\":[{\"label\":\"alpha\",\"sample\":\"two\",\"sample_sha256\":"     \
	"\"" MAKE_SAMPLE "\",\"va\":\"0x401100\",\"size\":226,\"name\":\"" name                              \
	"\",\"probability\":0.957,\"similarity\":1.000,\"support\":0.909,\"how\":\"features\"}]},"           \
	"{\"va\":\"0x401200\",\"size\":305,\"standing\":\"library\",\"label\":\"common\",\"families\":2,"    \
	"\"information\":608,"                                                                               \
	"\"candidates\":[{\"label\":\"alpha\",\"sample\":\"two\",\"sample_sha256\":\"" MAKE_SAMPLE           \
	"\",\"va\":\"0x401300\",\"size\":305,\"name\":\"not_this\",\"probability\":0.969,\"similarity\":1."  \
	"000,"                                                                                               \
	"\"support\":1.000,\"how\":\"exact\"},{\"label\":\"common\",\"sample\":\"lib\",\"sample_sha256\":"   \
	"\"" MAKE_SAMPLE "\",\"va\":\"0x401400\",\"size\":305,\"name\":\"memcpy\",\"probability\":0.200,"    \
	"\"similarity\":1.000,"                                                                              \
	"\"support\":1.000,\"how\":\"exact\"}]},"                                                            \
	"{\"va\":\"0x401300\",\"size\":9,\"standing\":\"unmatched\",\"families\":0,\"information\":600,"     \
	"\"candidates\":["                                                                                   \
	"{\"label\":\"alpha\",\"sample\":\"two\",\"sample_sha256\":\"" MAKE_SAMPLE                           \
	"\",\"va\":\"0x1\",\"size\":9,\"name\":\"no\",\"probability\":0.100,\"similarity\":0.100,"           \
	"\"support\":0.000,"                                                                                 \
	"\"how\":\"features\"}]}]},{\"file\":\"notes.txt\",\"error\":{\"status\":\"unrecognised\",\"at\":0," \
	"\"text\":\"no\"}}]}"

#define MAKE_SEARCH MAKE_SEARCH_OF("unknown", "recipe_1")

/* Everything at once: a formula, markup, a bidi override, an escape, quotes, a semicolon before a formula. */
#define MAKE_HOSTILE_NAME                                                                                    \
	"=cmd|'/c "                                                                                          \
	"calc'!A1<script>alert(1)</"                                                                         \
	"script>\\u202e\\u001b[31m\\\"\\\"\\\";;=1+1\\r\\n\\u0000\\\\u0022'''%s%n`$(id)`"
#define MAKE_HOSTILE_SEARCH MAKE_SEARCH_OF(MAKE_HOSTILE_NAME, MAKE_HOSTILE_NAME)

#define MAKE_EXAMINATION                                                                                     \
	"{\"schema\":\"inquiry.examination/1\",\"program\":\"inquiry "                                       \
	"0.1.0\",\"exhibits\":[{\"file\":\"standard input\","                                                \
	"\"sha256\":\"" MAKE_UNKNOWN                                                                         \
	"\",\"md5\":\"a9ad51f3375b1857ed2d651469bed372\",\"size\":8816,\"format\":\"ELF\",\"strings\":["     \
	"{\"offset\":100,\"encoding\":\"ascii\",\"text\":\"GET http://evil.example/a?b=1%20c#d HTTP/1.1\"}," \
	"{\"offset\":200,\"encoding\":\"ascii\",\"text\":\"mail bob.b@mail.example, or 192.0.2.7.\"},"       \
	"{\"offset\":300,\"encoding\":\"ascii\",\"text\":\"HTTPS://198.51.100.9:8443/x?<script>\"},"         \
	"{\"offset\":400,\"encoding\":\"ascii\",\"text\":\"http://%s/ v1.2.3.4 127.0.0.1 1.2.3.4.5 a@b "     \
	"x@y.1 01.2.3.4\"},"                                                                                 \
	"{\"offset\":500,\"encoding\":\"ascii\",\"text\":\"http://user:word@host.example/\"},"               \
	"{\"offset\":600,\"encoding\":\"ascii\",\"text\":\"see http://evil.example.\"}]}]}"

#define MAKE_ATTRIBUTION                                                                                     \
	"{\"schema\":\"inquiry.attribution/1\",\"program\":\"inquiry "                                       \
	"0.1.0\",\"conclusion\":\"family\",\"corpus\":{"                                                     \
	"\"file\":\"known.corpus\",\"digest\":\"" MAKE_SAMPLE                                                \
	"\",\"families\":11},\"calibration\":{\"applies\":true},\"lacks\":[\"no-date\"],\"exhibits\":[{"     \
	"\"file\":\"unknown\","                                                                              \
	"\"sha256\":\"" MAKE_UNKNOWN "\",\"functions\":16}],\"families\":[{\"label\":\"alpha\",\"named\":"   \
	"true,\"score\":1069,\"ratio\":{\"log10\":2.102,"                                                    \
	"\"least\":1.471,\"most\":2.569,\"trials_right\":126,\"trials_wrong\":0,\"support\":\"moderate "     \
	"support\"},"                                                                                        \
	"\"posterior_per_10000\":9210,\"posterior_words\":\"very likely\",\"functions\":92,\"pieces\":[]}]," \
	"\"prior_per_10000\":1000,\"planted\":[]}"

/* A record of two parties in which one disputes what the other found, and takes something back. */
#define MAKE_LOG                                                                                             \
	"{\"schema\":\"inquiry.log/1\",\"program\":\"inquiry "                                               \
	"0.1.0\",\"case\":\"00112233445566778899aabbccddeeff\","                                             \
	"\"title\":\"The harbour\",\"entries\":["                                                            \
	"{\"entry\":\"acme/0\",\"digest\":\"" MAKE_SAMPLE                                                    \
	"\",\"time\":1767225600,\"type\":\"charter\",\"status\":\"stands\"},"                                \
	"{\"entry\":\"acme/1\",\"digest\":\"" MAKE_UNKNOWN "\",\"time\":1767225601,\"type\":\"exhibit "      \
	"open\",\"status\":\"stands\",\"size\":8816,\"subjects\":[{\"name\":"                                \
	"\"wiper.exe\",\"sha256\":\"" MAKE_UNKNOWN "\"}]},"                                                  \
	"{\"entry\":\"acme/2\",\"digest\":\"" MAKE_SAMPLE                                                    \
	"\",\"time\":1767225602,\"type\":\"claim\",\"text\":\"it is "                                        \
	"theirs\",\"withdrawn\":true,\"cites\":[\"acme/1\"]},"                                               \
	"{\"entry\":\"bob/0\",\"digest\":\"" MAKE_UNKNOWN                                                    \
	"\",\"time\":1767225603,\"type\":\"dispute\",\"of\":\"acme/"                                         \
	"2\",\"dispute\":\"other\",\"text\":\"no\"},"                                                        \
	"{\"entry\":\"acme/3\",\"digest\":\"" MAKE_SAMPLE                                                    \
	"\",\"time\":1767225604,\"type\":\"withdraw\",\"of\":\"acme/2\"}]}"

#endif
