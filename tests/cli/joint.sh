#!/bin/sh
# An inquiry of three parties who do not trust each other, driven by the
# commands: alice opens it, bob and carol join, all admit, investigate and
# claim, and pull what the others publish, from a folder, a stick and the web.
# Then one of them cheats, in one way after the other, each a function below:
# every cheat is refused or proved.
#
# usage: joint.sh INQUIRY VERIFY MAKE LIAR POSTGRES
#   VERIFY    inquiry-verify
#   MAKE      the program that makes the golden samples
#   LIAR      tests/make/liar: enters results that the analysis did not give
#   POSTGRES  tests/postgres, which runs this script again beside a server

inquiry=$(realpath "$1")
verifier=$(realpath "$2")
make=$(realpath "$3")
liar=$(realpath "$4")
postgres=$5
here=$(cd "$(dirname "$0")" && pwd)
formats=$here/../../formats
work=$(mktemp -d) || exit 1
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
passed=0
failed=0

cd "$work" || exit 1
unset NO_COLOR INQUIRY_KEY
export COLUMNS=100 TERM=dumb LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 INQUIRY_TIME=1700000000
"$make" . || exit 1
"$inquiry" corpus build -q known.corpus families --common libraries --published beta=2014-04-07 || exit 1

# run NAME CODE COMMAND...: its exit code; what it printed is in out and err
run() {
	name=$1
	wanted=$2
	shift 2
	"$@" >out 2>err </dev/null
	check "$name" test $? -eq "$wanted"
}

# as PARTY CODE NAME COMMAND [ARGUMENTS]: inquiry COMMAND, with the party's key
as() {
	party=$1
	wanted=$2
	name=$3
	shift 3
	run "$name" "$wanted" "$inquiry" "$@" -k "$party.key"
}

# check NAME COMMAND...: one claim
check() {
	name=$1
	shift
	if "$@" >/dev/null 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $name: $*"
		sed 's/^/    /' err out
	fi
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

# publish PARTY [FOLDER]: what everybody can read of the party's case
publish() {
	"$inquiry" publish -q "$1.case" "${2:-from-$1}" >out 2>err
	check "publish_$1" test $? -eq 0
}

# pull PARTY FROM...: takes in what others published
pull() {
	to=$1
	shift
	for from; do
		as "$to" 0 "${to}_pulls_$from" pull "$to.case" "from-$from"
	done
}

begin() {
	for party in alice bob carol; do
		"$inquiry" key new "$party" --no-passphrase -q >"$party.keys" 2>err || exit 1
	done
	as alice 0 alice_opens open alice.case --party alice --title 'The harbour'
	as alice 0 alice_admits admit alice.case unknown
	publish alice
	as bob 0 bob_joins open bob.case --party bob --join from-alice
	shown bob_countersigns 'countersigned'
	as bob 0 bob_admits admit bob.case stranger
	publish bob
	as carol 0 carol_joins_from_bob open carol.case --join from-bob --title 'As we see it'
	publish carol
	as bob 3 a_name_is_taken open other.case --join from-carol
	said a_taken_name_is_said 'has a party bob already'
}

inquire() {
	pull alice bob carol
	as alice 0 alice_investigates investigate alice.case -c known.corpus
	as alice 0 alice_claims claim alice.case 'The unknown shares code with alpha' --cites 1
	publish alice
	pull bob alice carol
	as bob 0 bob_disputes dispute bob.case alice/1 -r exhibit-not-authentic
	publish bob
	pull carol alice bob
	as carol 0 carol_claims claim carol.case 'Bob has a point' --cites bob/2
	publish carol
	pull alice bob carol
	publish alice
	pull bob alice carol
	publish bob
	pull carol alice bob
	publish carol
	pull alice carol
}

# Everybody has the same, countersigned by everybody who saw it; a stranger can prove it.
agree() {
	as alice 0 nothing_new pull alice.case from-carol --json
	documented pull_json
	shown nothing_new_is_said '"nothing new"'
	for party in alice bob carol; do
		run "verify_$party" 0 "$verifier" "from-$party" --key "$(sed -n 's/^entry *//p' alice.keys)"
		shown "verify_${party}_to_v2" 'reached V2'
		run "verify_${party}_too" 0 "$inquiry" verify "from-$party"
		run "verify_case_of_$party" 0 "$inquiry" verify "$party.case"
	done
	"$inquiry" log --jsonl alice.case | sed 's/.*"entry"/"entry"/' >alice.log
	"$inquiry" log --jsonl carol.case | sed 's/.*"entry"/"entry"/' >carol.log
	check one_order_for_everybody cmp alice.log carol.log
}

begin
inquire
agree

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
