#!/bin/sh
# Runs the commands of golden/cases on programs made by golden/make, and
# compares what they print with golden/*.out. Text is at most 80 columns wide, but for what exports write.
#
# usage: run.sh INQUIRY MAKE [rebase]
#   rebase   writes what is printed as the new golden output: read the diff before committing it
#
# A case is a name and a command line; the output holds stdout, then what went
# to stderr, then the exit code where it is not 0.

inquiry=$(realpath "$1")
make=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
rebase=$3
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
passed=0
failed=0

cd "$work" || exit 1
"$make" . || exit 1
export COLUMNS=80 TERM=dumb LC_ALL=C.UTF-8
unset NO_COLOR
"$inquiry" corpus build -q known.corpus families --common libraries --published beta=2014-04-07 || exit 1
"$inquiry" search --json unknown -c known.corpus >search.json || exit 1

while read -r name arguments; do
	case $name in '' | '#'*) continue ;; esac
	# The arguments are split at blanks: none of them holds any.
	# shellcheck disable=SC2086
	"$inquiry" $arguments >out 2>err </dev/null
	code=$?
	{
		cat out
		[ -s err ] && sed 's/^/stderr: /' err
		[ $code -ne 0 ] && echo "exit: $code"
	} >got
	if [ "$rebase" = rebase ]; then
		cp got "$here/$name.out"
	elif diff -u "$here/$name.out" got >difference; then
		passed=$((passed + 1))
	else
		echo "FAILED $name: inquiry $arguments"
		cat difference
		failed=$((failed + 1))
	fi
	# What is documented is what is written, and text fits the terminal.
	if grep -q '"schema"' out && ! python3 "$here/schema.py" "$here/../../formats" <out >difference; then
		echo "FAILED $name: not as formats/ describes it"
		cat difference
		failed=$((failed + 1))
	elif [ "${arguments%.json}" = "$arguments" ] && ! grep -q '"schema"\|^<!DOCTYPE' out && grep -vP '\t' out | grep -qP '^.{81}'; then
		echo "FAILED $name: a line is wider than 80 columns"
		failed=$((failed + 1))
	fi
done <"$here/cases"

[ "$rebase" = rebase ] && exit 0
if PYTHONDONTWRITEBYTECODE=1 python3 "$here/documented.py" "$here/../../formats"; then
	passed=$((passed + 1))
else
	echo "FAILED documented"
	failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
