# What the tests of the commands share. It is sourced, with these set:
#
#   inquiry   the program under test
#   make      the program that makes the golden samples
#
# The test goes on in a directory of its own, which holds the samples and is
# gone at the end. What a command printed is in the files out and err.
# shellcheck shell=sh

here=$(cd "$(dirname "$0")" && pwd)
formats=$here/../../formats
man=$here/../../man
work=$(mktemp -d) || exit 1
# clean: what a test with an exit trap of its own calls last
clean() {
	chmod -R u+w "$work"
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM HUP
passed=0
failed=0

cd "$work" || exit 1
unset NO_COLOR INQUIRY_KEY INQUIRY_TIME
export COLUMNS=100 TERM=dumb LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
"$make" . || exit 1
printf 'just words\n' >words

# check NAME COMMAND...: one claim
check() {
	name=$1
	shift
	if "$@" >/dev/null 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $name: $*"
		{
			cat err
			head -c 4000 out
		} 2>/dev/null | sed 's/^/    /'
	fi
}

# run NAME CODE COMMAND...: runs it, and its exit code is CODE
run() {
	name=$1
	wanted=$2
	shift 2
	"$@" >out 2>err </dev/null
	check "$name" test $? -eq "$wanted"
}

# expect CODE NAME [ARGUMENTS]: the same of the program under test
expect() {
	wanted=$1
	name=$2
	shift 2
	run "$name" "$wanted" "$inquiry" "$@"
}

# said NAME TEXT: standard error holds TEXT; shown: standard output does
said() {
	check "$1" grep -qF -e "$2" err
}
shown() {
	check "$1" grep -qF -e "$2" out
}

# documented NAME: the JSON in out is as formats/ describes it
documented() {
	check "$1" sh -c 'python3 "$1/../golden/schema.py" "$2" <out' sh "$here" "$formats"
}

# helped COMMAND: its help has examples and fits the terminal
helped() {
	# shellcheck disable=SC2086
	expect 0 "help_of_$1" $1 --help
	check "three_examples_of_$1" test "$(grep -c '^      ' out)" -ge 3
	# A line longer than 80 columns is one that a terminal breaks.
	check "help_fits_80_columns_of_$1" test "$(awk 'length > 80' out | wc -l)" -eq 0
}

# manual COMMAND: its page is there, is installed, stands in that of all commands, and has every option of its help
manual() {
	page=inquiry-$(echo "$1" | tr ' ' '-').1
	check "manual_of_$1_is_installed" grep -qF "'$page'" "$man/meson.build"
	page=$(sed -n 's/^\.so man1.//p' "$man/$page" | grep . || echo "$page")
	sed 's/\\-/-/g' "$man/inquiry.1" >overview
	sed 's/\\-/-/g' "$man/$page" | cat overview - >pages
	check "manual_of_$1_is_named" grep -qw -e "${page%.1}" overview
	# shellcheck disable=SC2086
	"$inquiry" $1 --help | sed -n 's/^ .*--\([a-z0-9-]*\).*/\1/p' | grep -v '^inquiry' | sort -u >options
	check "options_of_$1" test -s options
	while read -r option; do
		check "manual_of_$1_has_$option" grep -q -e "--$option" pages
	done <options
}

# counted: the last line of every test, and whether all held
counted() {
	echo "$passed passed, $failed failed"
	[ $failed -eq 0 ]
}
