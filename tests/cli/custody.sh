#!/bin/sh
# Custody between three parties, driven by the commands: what is open, sealed
# to some, or withheld; who can read it, repeat what was found in it, and
# dispute that; and that nothing of it is told to who was not to know.
#
# usage: custody.sh INQUIRY MAKE LIAR
#   MAKE   the program that makes the golden samples
#   LIAR   tests/make/liar: enters results that the analysis did not give

inquiry=$(realpath "$1")
make=$(realpath "$2")
liar=$(realpath "$3")
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
export COLUMNS=200 INQUIRY_TIME=1700000000
"$inquiry" corpus build -q known.corpus families --common libraries --published beta=2014-04-07 || exit 1

# as PARTY CODE NAME COMMAND [ARGUMENTS]: inquiry COMMAND CASE, with the party's case and key
as() {
	party=$1
	wanted=$2
	name=$3
	command=$4
	shift 4
	run "$name" "$wanted" "$inquiry" "$command" "$party.case" "$@" -k "$party.key"
}

# status NAME PARTY ENTRY WORDS: what the entry's status is in that party's case
status() {
	"$inquiry" show "$2.case" "$3" >out 2>err
	check "$1" sh -c 'grep -qxF -e "$1" out' sh "status        $4"
}

# exchange: everybody publishes, and pulls from everybody
exchange() {
	for from in alice bob carol; do
		"$inquiry" publish -q $from.case from-$from || failed=$((failed + 1))
		for to in alice bob carol; do
			[ $from = $to ] || "$inquiry" pull -q $to.case from-$from -k $to.key >/dev/null 2>err ||
				check "pull_${to}_from_$from" false
		done
	done
}

for party in alice bob carol; do
	"$inquiry" key new $party --no-passphrase -q >$party.keys || exit 1
done
"$inquiry" open alice.case -k alice.key -t 'The harbour' -q >/dev/null || exit 1
"$inquiry" publish -q alice.case from-alice || exit 1
for party in bob carol; do
	"$inquiry" open $party.case --join from-alice -k $party.key -q >/dev/null 2>&1 || exit 1
	"$inquiry" publish -q $party.case from-$party || exit 1
	"$inquiry" pull alice.case from-$party --accept $party -k alice.key -q >/dev/null || exit 1
done
"$inquiry" publish -q alice.case from-alice || exit 1
"$inquiry" pull bob.case from-alice --accept carol -k bob.key -q >/dev/null || exit 1
"$inquiry" pull carol.case from-alice --accept bob -k carol.key -q >/dev/null || exit 1
exchange

# Sealing.
as alice 2 sealed_to_nobody admit --sealed-to dave unknown
said nobody_is_said 'there is no party dave'
as alice 2 sealed_to_oneself admit --sealed-to alice unknown
as alice 2 sealed_and_withheld admit --sealed-to bob --withheld x unknown
as alice 0 sealed admit --sealed-to alice,bob,bob unknown --source 'host 7' --json
documented sealed_json
printf 'a secret letter\n' >letter
as alice 0 withheld admit --withheld 'names a source' letter
as alice 0 opened admit stranger
printf 'a small secret\n' >small
"$inquiry" admit alice.case --sealed-to carol --sealed-to bob - -k alice.key <small >out 2>err
check sealed_from_standard_input test $? -eq 0
: >empty
as alice 0 an_empty_file_is_sealed admit --sealed-to bob empty
as alice 0 sealed_is_known admit unknown
shown sealed_is_not_opened_by_admitting 'not open: inquiry unseal opens it'
as alice 0 withheld_is_known admit letter
shown withheld_is_not_opened_by_admitting 'not open: inquiry unseal opens it'
as alice 0 disputes_do_not_open dispute 0 -r other -t 'see for yourself' --file unknown
"$inquiry" publish -q alice.case from-alice
"$inquiry" verify from-alice >out 2>err
check sealed_verifies test $? -eq 0
check sealed_bytes_are_not_there python3 - from-alice unknown letter small <<'PY'
import pathlib, subprocess, sys
secrets = [pathlib.Path(p).read_bytes()[:400] for p in sys.argv[2:]]
for path in pathlib.Path(sys.argv[1]).rglob("*"):
    if path.is_file():
        data = path.read_bytes()
        if "objects" in path.parts:
            data += subprocess.run(["zstd", "-dcq"], stdin=path.open("rb"), stdout=subprocess.PIPE, check=True).stdout
        assert not any(s in data for s in secrets), path
PY
check sealed_bytes_are_not_in_the_store sh -c '! strings -a alice.case | grep -q "a small secret"'
exchange
status sealed_says_to_whom carol alice/1 'sealed; can be opened by alice, bob'
shown recipients_are_shown 'sealed to     bob'
"$inquiry" show carol.case alice/1 --json >out
documented sealed_entry_json

# Reading privately.
as bob 2 others_are_not_opened_by_mistake unseal alice/1
said both_ways_are_said '--for-everybody opens it to all'
as bob 0 read_privately unseal alice/1 --private -o bobs
check private_is_the_exhibit cmp bobs unknown
check private_is_not_for_others test "$(stat -c %a bobs)" = 600
as bob 0 empty_is_empty unseal alice/5 --private -o bobs
check empty_is_the_exhibit cmp bobs empty
as carol 0 read_from_standard_input unseal alice/4 --private -o carols
check small_is_the_exhibit cmp carols small
as carol 2 others_cannot_read unseal alice/1 --private -o carols
said not_sealed_is_said 'not sealed to carol'
check nothing_was_written cmp carols small
as alice 0 the_own_is_read unseal 1 --private -o alices
check the_own_is_the_exhibit cmp alices unknown
as bob 2 withheld_is_not_for_others unseal alice/2 --private -o none
as bob 2 withheld_is_not_opened_by_others unseal alice/2 letter
as bob 2 an_open_one_is_not_unsealed unseal alice/3
as bob 2 private_enters_nothing unseal alice/1 --private --json -o none
check private_reading_entered_nothing test "$("$inquiry" log --jsonl bob.case | grep -c '"exhibit unseal"')" -eq 0
"$inquiry" key new bob --no-passphrase -q -o bob2.key >keys
cp bob.case bob2.case
as bob2 3 another_key_does_not_open unseal alice/1 --private -o none
said another_key_is_said 'is sealed to the entry key'
cp bob.case turned.case
"$inquiry" key rotate turned.case bob2.key -k bob.key -r yearly -q >out 2>err
cp bob.key turned.key
as turned 0 an_old_key_opens_what_was_sealed_to_it unseal alice/1 --private -o bobs
check old_key_gives_the_exhibit cmp bobs unknown

# Sharing: who can open it seals the same bytes to a further party.
as carol 2 who_cannot_open_cannot_share unseal alice/5 --to carol
as bob 2 not_to_who_is_not_there unseal alice/5 --to dave
as bob 2 not_to_oneself unseal alice/5 --to bob
as bob 2 to_some_or_to_all unseal alice/5 --to carol --for-everybody
as bob 0 shared unseal alice/5 --to carol --note 'carol asked' --json
documented shared_json
shown shared_is_an_entry '"type": "exhibit share"'
as bob 3 another_file_is_not_shared unseal alice/5 small --to carol
as alice 0 withheld_is_shared unseal 2 letter --to bob
as alice 2 withheld_wants_its_file_to_be_shared unseal 2 --to carol
exchange
status shared_says_with_whom alice bob/1 'sealed'
as carol 0 read_what_was_shared unseal alice/5 --private -o carols
check shared_is_the_exhibit cmp carols empty
as bob 0 read_what_was_withheld unseal "alice/$(($("$inquiry" log --jsonl bob.case | grep -c '"entry":"alice/') - 1))" --private -o bobs
check withheld_is_the_exhibit cmp bobs letter
"$inquiry" show carol.case bob/1 --json >out
documented share_entry_json
for party in alice bob carol; do
	run "shared_verifies_for_$party" 0 "$inquiry" verify "$party.case"
done

# Results: none of what is sealed, unless it is named.
as alice 0 investigate investigate -c known.corpus
said sealed_is_passed_over '4 sealed exhibits were passed over'
check nothing_is_told test "$("$inquiry" log --jsonl alice.case | grep -c '"type":"examination"')" -eq 2
as alice 2 withheld_cannot_be_named investigate --reveal-results 2
as bob 2 what_is_not_sealed_to_one_cannot_be_named investigate --reveal-results alice/3
as alice 0 revealed investigate -c known.corpus --reveal-results 1
exchange
result() { "$inquiry" log --jsonl alice.case | python3 -c '
import json, sys
print(next(e["entry"] for e in map(json.loads, sys.stdin) if "made" in e and e["made"]["kind"] == sys.argv[1]
           and e["subjects"][0]["name"] == sys.argv[2] and e["entry"].startswith("alice")))' "$1" "$2"; }
examined=$(result examine unknown)
concluded=$(result attribute unknown)
plain=$(result attribute stranger)
status attested_on_sealed carol "$concluded" 'attested only; rests on sealed; can be opened by alice, bob'
"$inquiry" show carol.case "$concluded" --json >out
documented attested_json
check carol_cannot_repeat python3 -c 'import json; e = json.load(open("out")); assert e["reproduced"] == "none" and e["open_to"] == ["alice", "bob"]'

# rerun_of PARTY ENTRY: the party's rerun of it
rerun_of() { "$inquiry" log --jsonl "$1.case" | python3 -c '
import json, sys
print(next(e["entry"] for e in map(json.loads, sys.stdin) if e["type"] == "rerun" and e["entry"].startswith(sys.argv[1])
           and e["of"] == sys.argv[2]))' "$1" "$2"; }

# Rerunning.
as carol 4 rerun_of_what_cannot_be_read rerun --party alice -c known.corpus
said unreadable_is_said 'on exhibits whose bytes are not here'
as bob 4 rerun_without_corpus rerun
said corpus_is_wanted 'need a corpus'
as bob 0 rerun_with_corpus rerun -c known.corpus --json
documented rerun_json
as bob 0 rerun_is_done_once rerun -c known.corpus
said done_before 'were rerun before'
check nothing_is_rerun_twice test ! -s out
as bob 0 rerun_again rerun -c known.corpus "$plain" --again
shown again_is_entered 'reproduced'
"$inquiry" corpus build -q other.corpus families 2>err
as bob 0 rerun_of_what_is_done_needs_no_corpus rerun "$plain"
as carol 4 rerun_with_another_corpus rerun "$plain" --again -c other.corpus
said another_corpus_is_said 'another corpus'
exchange
status reproduced_by_all_who_could carol "$concluded" 'reproduced by all who could: bob; rests on sealed; can be opened by alice, bob'
status reproduced_by_all alice "$plain" 'reproduced by all who could: bob, carol'
status rerun_rests_on_sealed alice "$(rerun_of bob "$concluded")" 'rests on sealed'

# Verified by whom it is sealed to: the same results, from bytes that nobody else has.
results() { python3 -c 'import json; r = json.load(open("out")); print(r["repeated"]["reproduced"], r["level"], r["failure_total"])'; }
"$inquiry" publish -q bob.case from-bob
run without_a_key 4 "$inquiry" verify from-bob --recompute -c known.corpus --json
shown sealed_is_not_repeated 'results on exhibits whose bytes are not here'
less=$(results)
for what in from-bob bob.case; do
	run "recomputed_with_a_key_of_$what" 0 "$inquiry" verify $what --recompute -c known.corpus --key bob.key --json
	documented "recomputed_json_of_$what"
	check "all_is_reproduced_of_$what" test "$(results | cut -d ' ' -f 2,3)" = "4 0" -a "$(results | cut -d ' ' -f 1)" -gt "${less%% *}"
done
run recomputed_with_anothers_key 4 "$inquiry" verify from-bob --recompute -c known.corpus --key carol.key --json
check carol_sees_no_more test "$(results)" = "$less"
run one_key_file_is_enough 2 "$inquiry" verify from-bob --key bob.key --key carol.key
run no_key_and_no_file 2 "$inquiry" verify from-bob --key nothing
run a_key_file_vouches 0 "$inquiry" verify from-bob --key bob.key --json
shown it_is_as_you_say '"keys_from": "user"'

# A false result on a sealed exhibit does not make others tell the true one.
lie=$("$liar" alice.case alice.key "$examined" 200)
exchange
as bob 4 a_lie_is_no_bait rerun "$lie"
said bait_is_said '--reveal-results tells what came'
check nothing_came_of_it test ! -s out
as bob 1 a_lie_is_found rerun "$lie" --reveal-results alice/1
shown the_byte_is_named 'differs from byte 200 on'
exchange
status a_lie_is_known carol "$lie" 'not reproduced by bob; rests on sealed; can be opened by alice, bob'

# Disputes with evidence, which everybody counts alike.
printf 'zlib says\n' >zlib
as carol 0 dispute_with_evidence dispute "$plain" -r library-code -t 'It is zlib' --file zlib --evidence alice/3 --json
documented dispute_json
dispute=$(python3 -c 'import json; print(json.load(open("out"))["entries"][-1]["entry"])')
exchange
for party in alice bob carol; do
	status "disputed_for_$party" $party "$plain" 'disputed by carol (library-code); reproduced by all who could: bob, carol'
done
as alice 0 dispute_of_a_dispute dispute "$dispute" -r other -t 'It is not'
exchange
for party in alice bob carol; do
	status "contested_for_$party" $party "$plain" \
		'disputed by carol (library-code); the dispute by carol is disputed; reproduced by all who could: bob, carol'
done
as bob 0 dispute_of_a_rerun dispute "$(rerun_of carol "$plain")" -r not-reproduced
as carol 0 withdrawn withdraw "$dispute"
exchange
status doubted alice "$plain" 'reproduced by bob, carol; the rerun by carol is disputed'

# Unsealing.
as alice 3 another_file_is_refused unseal 2 small
said another_file_is_said 'another file than was entered'
as alice 2 withheld_wants_its_file unseal 2
as alice 0 withheld_is_opened unseal 2 letter --note 'the source is safe' --json
documented unseal_json
as alice 0 opened_once unseal 2 letter
shown opened_is_known 'in the case already'
as bob 0 a_recipient_opens unseal alice/1 --for-everybody
exchange
status withheld_is_open carol alice/2 'unsealed'
status sealed_is_open carol alice/1 'unsealed'
status not_all_could_now carol "$concluded" 'reproduced by bob'
as carol 0 everybody_repeats_it rerun "$concluded" -c known.corpus
exchange
status all_did alice "$concluded" 'reproduced by all who could: bob, carol'
as alice 0 the_own_is_opened_too unseal 1
as alice 0 sealed_by_its_file unseal 4 small
exchange
for party in alice bob carol; do
	"$inquiry" verify $party.case --recompute --corpus known.corpus >out 2>err
	check "the_lie_alone_fails_for_$party" sh -c 'test "$(grep -c "byte .* of the result" out)" -eq 1 && grep -q "V2  citations and custody   holds" out'
	"$inquiry" log --json $party.case >out
	documented "log_json_of_$party"
done

# Killed while it unseals: it is open, or as it was.
python3 "$here/killed_unseal.py" "$inquiry" alice.case alice.key bob >killed 2>&1
check killed_unseals_or_not test $? -eq 0
sed -n '/^LOST/p' killed

counted
