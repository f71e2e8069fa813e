#!/bin/sh
# Drives a case from its first key to its verified bundle, as two people would
# who do not trust each other's machines: what is entered, refused, shown,
# published, and found out when it was tampered with. What is killed, full or
# may not be written opens again.
#
# usage: case.sh INQUIRY MAKE POSTGRES LIAR
#   MAKE      the program that makes the golden samples
#   POSTGRES  tests/postgres, which runs this script again beside a server
#   LIAR      tests/make/liar: enters results that the analysis did not give

inquiry=$(realpath "$1")
make=$(realpath "$2")
postgres=$3
liar=$([ -z "$4" ] || realpath "$4")
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir samples && cp unknown stranger samples/

# The same case in a database gives the same bundle: run by tests/postgres.
if [ -n "$INQUIRY_TEST_POSTGRES" ]; then
	export INQUIRY_KEY=$INQUIRY_CASE_KEY INQUIRY_TIME=1700000000
	case=$INQUIRY_TEST_POSTGRES'&schema=commands'
	"$inquiry" open "$case" --id 00112233445566778899aabbccddeeff -t 'The harbour' &&
		"$inquiry" admit "$case" samples/unknown samples/stranger &&
		"$inquiry" claim "$case" 'They are two files' --cites 1,2 &&
		"$inquiry" publish "$case" "$INQUIRY_CASE_OUT" &&
		"$inquiry" verify "$case" && "$inquiry" log "$case" | grep -q 'They are two files'
	exit
fi

# Keys.
expect 2 key_alone key
expect 2 key_of_nobody key new
expect 2 key_of_an_odd_name key new 'Alice!'
expect 0 key_new key new alice --no-passphrase
shown prints_vkeys 'alice+'
check key_file_is_private test "$(stat -c %a alice.key)" = 600
expect 3 key_is_never_overwritten key new alice --no-passphrase
said key_is_there 'never overwritten'
expect 0 key_show key show alice.key
cp out keys
expect 0 key_show_json key show --json alice.key
documented key_json
expect 3 key_show_of_no_key key show samples/unknown
printf 'correct horse\n' >phrase
printf 'wrong horse\n' >wrong
: >nothing
expect 0 key_with_passphrase key new bob --passphrase-file phrase -o bob.key
expect 2 key_with_empty_passphrase key new carol --passphrase-file nothing
check no_key_without_passphrase test ! -e carol.key
expect 2 both_ways key new carol --passphrase-file phrase --no-passphrase
expect 0 help_of_key key --help
check secrets_are_not_in_clear sh -c '! grep -qi seed alice.key'
expect 3 wrong_passphrase open x.case -k bob.key --passphrase-file wrong
said wrong_passphrase_is_said 'passphrase is wrong'
check no_case_without_key test ! -e x.case
expect 0 right_passphrase open bob.case -k bob.key --passphrase-file phrase
if [ "$(id -u)" -ne 0 ] || command -v setsid >/dev/null; then
	setsid "$inquiry" open y.case -k bob.key >out 2>err </dev/null
	check no_terminal_is_no_passphrase test $? -eq 3
	said no_terminal_is_said '--passphrase-file'
fi
check typed_passphrase python3 "$here/typed.py" "$inquiry" typed.key typed.case

# A case.
expect 2 open_without_key open x.case
said key_is_wanted 'inquiry key new makes one'
expect 3 open_with_no_key open x.case -k none.key
expect 2 open_for_another open x.case -k alice.key --party bob
expect 2 open_with_bad_id open x.case -k alice.key --id 12
expect 2 open_with_bad_time open x.case -k alice.key --time yesterday
check nothing_was_made test ! -e x.case
export INQUIRY_KEY=alice.key INQUIRY_TIME=1700000000
expect 0 open open harbour.case --party alice --id 00112233445566778899aabbccddeeff --title 'The harbour'
shown charter_is_entered 'alice/0'
expect 3 open_again open harbour.case
expect 3 no_such_case log none.case
expect 3 not_a_case log samples/unknown
expect 3 a_folder_is_no_case log samples
said folders_are_for_verify 'inquiry verify reads published folders'
: >empty.case
expect 3 empty_is_no_case log empty.case

# Exhibits.
expect 2 admit_nothing admit harbour.case
expect 0 admit admit harbour.case samples/unknown samples/stranger
shown exhibits_are_named 'alice/2'
cp harbour.case plain.case
expect 0 admit_again admit harbour.case samples/unknown
shown known_is_said 'in the case already'
check entered_once test "$("$inquiry" log harbour.case | grep -c ' unknown ')" -eq 1
cp samples/unknown copy
expect 0 admit_under_another_name admit --json harbour.case copy
documented entered_json
check same_bytes_are_one_exhibit grep -q '"known"' out
expect 3 admit_goes_on admit harbour.case none samples --note 'x' nothing
said missing_is_said 'none: cannot be opened'
said directory_is_said 'samples: is a directory'
shown the_others_are_entered 'nothing'
expect 0 admit_withheld admit harbour.case --withheld 'a third party' keys
check withheld_bytes_are_not_there sh -c '! strings -a harbour.case | grep -q "$(cut -c 11-40 keys | head -1)"'
expect 2 withheld_has_no_note admit harbour.case --withheld r --note n keys
expect 0 admit_stdin_is_a_file admit harbour.case --source 'a pipe' -
name=$(printf 'a\033[31m\342\200\256b<script>')
cp words "$name" 2>/dev/null || printf 'words\n' >"$name"
expect 0 admit_an_odd_name admit harbour.case "$name"
check odd_name_is_inert sh -c '! LC_ALL=C grep -q "[^ -~]" out'
name=$(printf 'latin\351')
printf 'other words\n' >"$name"
expect 0 admit_a_name_that_is_no_utf8 admit harbour.case "$name"
expect 2 a_source_too_long_is_refused admit harbour.case --source "$(head -c 2000 /dev/zero | tr '\0' x)" alice.key
expect 0 withheld_is_not_shown_by_mistake admit harbour.case keys
shown withheld_is_still_withheld 'not open: inquiry unseal opens it'
expect 0 withheld_shown_later unseal harbour.case "$(cut -d ' ' -f 1 out)" keys
shown unseals 'exhibit unseal'

# Results.
"$inquiry" corpus build -q known.corpus families --common libraries --published beta=2014-04-07 || exit 1
expect 3 investigate_with_no_corpus investigate harbour.case -c none
expect 3 investigate_with_another_file investigate harbour.case -c words
expect 4 investigate investigate harbour.case -c known.corpus
said counts_what_was_entered 'results were entered, 0 were there already'
shown no_program_is_said 'exit 3'
expect 0 investigate_again investigate harbour.case -c known.corpus
said nothing_is_done_twice '0 results were entered'
check nothing_is_entered_twice test ! -s out
# made TYPE KIND: the last such entry of the exhibit "unknown"
made() { "$inquiry" log --jsonl harbour.case | python3 -c '
import json, sys
print([e["entry"] for e in map(json.loads, sys.stdin) if e["type"] == sys.argv[1]
       and e["made"]["kind"] == sys.argv[2] and e["subjects"][0]["name"] == "unknown"][-1])' "$1" "$2"; }
examined=$(made examination examine)
searched=$(made examination search)
expect 0 show_result show harbour.case "$examined" --result
"$inquiry" examine --json - <samples/unknown >direct 2>err
check result_is_what_examine_prints cmp out direct
expect 0 show_search show harbour.case "$searched" --result
"$inquiry" search --json --corpus known.corpus - <samples/unknown >direct 2>err
check result_is_what_search_prints cmp out direct
concluded=$(made conclusion attribute)
expect 0 show_conclusion show harbour.case "$concluded" --result
"$inquiry" attribute --json --corpus known.corpus - <samples/unknown >direct 2>err
check conclusion_is_what_attribute_prints cmp out direct
expect 0 show_conclusion_json show harbour.case "$concluded" --json
documented conclusion_json
check conclusion_rests_on_exhibit_and_results grep -q "\"$examined\"" out
check conclusion_rests_on_the_search grep -q "\"$searched\"" out
expect 0 a_conclusion_of_another_day investigate harbour.case -c known.corpus --date 2014-05-01 --published beta=2014-04-07
said only_conclusions_depend_on_the_day '2 results were entered'
expect 0 show_call show harbour.case "$(made conclusion attribute)" --json
check the_day_is_in_the_call grep -q 2014-05-01 out
expect 2 investigate_with_no_day investigate harbour.case -c known.corpus --date yesterday
said no_day_is_said 'takes YYYY-MM-DD'
expect 2 investigate_with_no_family investigate harbour.case -c known.corpus --published gamma=2014-04-07
# shellcheck disable=SC2046
expect 2 investigate_with_too_many_days investigate harbour.case -c known.corpus $(seq -f '--published=beta=20%02.0f-04-07' 10 40)

# What people say.
expect 2 claim_without_grounds claim harbour.case 'It was them'
said no_grounds 'no grounds given'
expect 2 claim_on_nothing claim harbour.case 'It was them' --cites 999
said nothing_there 'no entry alice/999'
expect 2 claim_on_a_bad_name claim harbour.case 'It was them' --cites bob
expect 0 claim claim harbour.case 'The unknown shares code with alpha' --cites "1,$searched" -q
claim=$(cut -d ' ' -f 1 out)
expect 0 claim_with_operands claim harbour.case 'So it does' 1 "$claim" --json
documented claim_json
expect 0 statement claim harbour.case --statement 'We were on leave'
expect 2 statement_has_no_grounds claim harbour.case --statement 'We were' 1
expect 0 odd_claim claim harbour.case --cites 1 "$(printf '\033]0;owned\007\342\200\256<b>')"
expect 2 claim_too_long claim harbour.case --cites 1 "$(head -c 20000 /dev/zero | tr '\0' x)"
expect 2 claim_that_is_no_text claim harbour.case --cites 1 "$(printf '\377')"
expect 2 dispute_without_reason dispute harbour.case 1
expect 2 dispute_for_an_odd_reason dispute harbour.case 1 --reason libary-code
said suggests_a_reason 'did you mean library-code'
expect 2 other_wants_words dispute harbour.case 1 --reason other
expect 0 log_before log harbour.case
check claim_stands sh -c "grep -q '$claim .*stands' out"
expect 0 dispute dispute harbour.case "$searched" --reason library-code --text 'It is zlib'
dispute=$(cut -d ' ' -f 1 out)
expect 0 log_after log harbour.case
check claim_rests_on_disputed sh -c "grep -q '$claim .*rests on disputed' out"
cp harbour.case evidence.case
printf 'zlib says\n' >zlib
expect 3 dispute_with_no_file dispute evidence.case "$claim" -r library-code --file none
expect 2 dispute_with_no_evidence dispute evidence.case "$claim" -r library-code --file zlib --evidence 9999
expect 0 log_of_evidence log evidence.case
check evidence_comes_with_its_dispute sh -c '! grep -q " zlib " out'
expect 0 dispute_with_evidence dispute evidence.case "$claim" -r library-code --file zlib --file samples/unknown --evidence "1,$searched"
shown evidence_is_entered 'exhibit open  zlib'
shown evidence_is_known 'in the case already'
expect 0 dispute_cites show evidence.case "$(sed -n 's/^\([^ ]*\) .*dispute.*/\1/p' out)" --json
check evidence_is_cited test "$(python3 -c 'import json; print(len(json.load(open("out"))["cites"]))')" -eq 3
documented dispute_json
expect 0 evidence_verifies verify evidence.case
expect 0 support support harbour.case "$claim" --cites 2
expect 2 withdraw_the_charter withdraw harbour.case 0
expect 0 withdraw withdraw harbour.case "$dispute"
expect 0 log_afterwards log harbour.case
check claim_stands_again sh -c "grep -q '$claim .*stands' out"
check log_is_inert sh -c '! LC_ALL=C grep -q "[^ -~]" out'
check log_fits test "$(awk 'length > 100' out | wc -l)" -eq 0
expect 0 log_json log --json harbour.case
documented log_json
check log_json_is_inert sh -c '! LC_ALL=C grep -q "[[:cntrl:]]" out'
expect 0 log_jsonl log --jsonl harbour.case
documented log_jsonl
entries=$(wc -l <out)
expect 2 show_nothing show harbour.case 9999
expect 2 show_result_of_none show harbour.case 0 --result
i=0
while [ $i -lt "$entries" ]; do
	expect 0 "show_$i" show harbour.case $i
	check "show_${i}_is_inert" sh -c 'sed "s/^    \xe2\x80\x94 //" out | { ! LC_ALL=C grep -q "[^ -~]"; }'
	expect 0 "show_${i}_json" show --json harbour.case $i
	documented "show_${i}_json"
	i=$((i + 1))
done
expect 0 show_names_who_rests show harbour.case "$searched"
shown names_the_claim "named by"
expect 0 show_proof show harbour.case "$claim" --proof
shown is_a_proof 'c2sp.org/tlog-proof@v1'
expect 0 show_envelope show harbour.case "$claim" --envelope
check is_an_envelope python3 -c 'import json; assert json.load(open("out"))["payloadType"] == "application/vnd.in-toto+json"'
INQUIRY_TIME=1600000000 expect 0 clock_behind claim harbour.case --statement 'the clock went back'
said clock_is_said 'the clock says 2020-09-13'

# Bundles.
expect 0 publish publish harbour.case bundle
expect 0 publish_again publish harbour.case again
check published_alike diff -r bundle again

# What the document says that a stranger can do without this program.
awk '/^```python/ { on = 1; next } /^```/ { on = 0 } on' "$here/../../formats/by-hand.md" >by_hand.py
check proved_by_hand sh -c 'python3 by_hand.py bundle | grep -qx "all of it holds"'
cp -r bundle bent && find bent/logs -path '*entries*' -type f -exec sh -c 'printf x | dd of="$1" bs=1 seek=900 conv=notrunc 2>/dev/null' - {} \;
check found_bent_by_hand sh -c '! python3 by_hand.py bent 2>/dev/null'
expect 0 publish_onto_itself publish --json harbour.case again
documented publication_json
check published_alike_again diff -r bundle again
# The report: of the case, of what was published, and published, the same bytes; beside samples, with their code.
expect 0 report_of_the_case report harbour.case -o from-case.html
expect 0 report_of_the_folder report bundle -o from-folder.html
check report_from_both cmp from-case.html from-folder.html
check report_as_published cmp from-case.html bundle/report.html
expect 0 report_beside_samples publish harbour.case beside --known families --aligned 3
check report_has_their_code grep -q 'Instruction by instruction' beside/report.html
expect 0 report_with_alignments report beside -o from-beside.html
check report_with_alignments_as_published cmp from-beside.html beside/report.html
expect 0 report_beside_samples_holds verify --json beside
shown report_is_compared '"report": "same"'
documented report_is_compared
sed 's/generator" content="inquiry/generator" content="another/' bundle/report.html >again/report.html
expect 4 report_of_another_program verify again
shown report_of_another_program_is_said 'not compared'
expect 2 aligned_too_many report harbour.case --aligned 61
expect 3 report_of_nothing report samples
expect 3 report_without_samples report harbour.case --known nowhere
expect 0 publish_once_more publish harbour.case again
check nothing_beside test -z "$(ls -A | grep part)"
mkdir busy && echo mine >busy/notes
expect 3 publish_onto_something publish harbour.case busy
check mine_is_kept grep -q mine busy/notes
expect 3 publish_onto_a_file publish harbour.case words
expect 3 publish_into_nowhere publish harbour.case none/bundle
expect 0 verify verify bundle
shown holds_to_v2 'V2  citations and custody   holds'
shown own_word 'its own word'
expect 0 verify_the_case verify harbour.case
key=$(sed -n 's/^log *//p' keys)
expect 0 verify_with_key verify bundle --key "$key"
shown as_you_say 'as you say'
"$inquiry" key show bob.key | sed -n 's/^entry *//p' >other
expect 0 verify_with_json verify --json bundle --key "$key"
documented verification_json
sed 's/alice+/&/' bundle/policy >policy
expect 0 verify_with_policy verify bundle --policy policy
"$inquiry" key new alice --no-passphrase -o namesake.key >namesake 2>err
expect 1 verify_with_a_namesakes_key verify bundle --key "$(sed -n 's/^entry *//p' namesake)"
expect 2 verify_with_no_key verify bundle --key nonsense
expect 3 verify_with_no_policy verify bundle --policy words
expect 2 verify_beyond verify bundle --level 7
expect 0 verify_bytes_alone verify bundle --level 0
expect 3 verify_nothing verify busy
said nothing_is_published_there 'no case was published there'
expect 4 recompute_without_corpus verify bundle --recompute
said_corpus=$(grep -c 'need a corpus' out)
check recompute_says_what_it_wants test "$said_corpus" -eq 1
expect 0 recompute verify bundle --recompute --corpus known.corpus
shown reproduced 'V3  the analysis run again  holds'
shown concluded_the_same 'V4  conclusions             holds, 4 of 4 the same bytes'
expect 0 recompute_json verify bundle --recompute --corpus known.corpus --json
documented recompute_json
cp known.corpus renamed.corpus
expect 0 recompute_with_a_renamed_corpus verify bundle --recompute --corpus renamed.corpus
"$inquiry" corpus build -q other.corpus families 2>err
cp plain.case lavish.case
expect 0 investigated_with_more_than_is_usual investigate lavish.case --timeout 400 --memory 8192 -c known.corpus
expect 4 no_entry_decides_what_recompute_takes verify lavish.case --recompute --corpus known.corpus
shown what_it_wants_is_said 'than --timeout and --memory grant here'
expect 0 recompute_with_as_much verify lavish.case --recompute --corpus known.corpus --timeout 400 --memory 8192
expect 4 recompute_with_another_corpus verify bundle --recompute --corpus other.corpus
shown another_corpus_is_said 'made with another corpus'
cp "$inquiry" patched && printf 'x' >>patched
./patched verify bundle --recompute --corpus known.corpus >out 2>err
check another_build_that_agrees_is_agreement test $? -eq 0

# A result that the analysis did not give, well signed: only doing it again shows it.
cp harbour.case lied.case
lie=$("$liar" lied.case alice.key "$examined" 200)
check the_lie_is_entered test -n "$lie"
expect 0 publish_the_lie publish lied.case lied
expect 0 signatures_do_not_show_it verify lied
expect 1 recompute_shows_it verify lied --recompute --corpus known.corpus
shown the_lie_is_named "V3  $lie byte 200 of the result"
expect 1 recompute_shows_it_in_json verify lied --recompute --corpus known.corpus --json
documented lie_json
cp harbour.case misjudged.case
lie=$("$liar" misjudged.case alice.key "$concluded" 200)
expect 1 recompute_shows_a_false_conclusion verify misjudged.case --recompute --corpus known.corpus
shown the_false_conclusion_is_named "V4  $lie byte 200 of the result"
cp harbour.case elsewhere.case
"$liar" elsewhere.case alice.key "$examined" 200 other >out 2>err
expect 4 another_build_is_no_tampering verify elsewhere.case --recompute --corpus known.corpus
shown another_build_is_said 'another build of the program'

# Rerunning is for others: there is nobody else here.
expect 2 rerun_of_an_own_result rerun harbour.case "$examined"
said own_results_are_for_others 'for the others'
expect 2 rerun_of_an_exhibit rerun harbour.case 1
expect 2 rerun_of_nobody rerun harbour.case --party bob
expect 0 rerun_of_nothing rerun harbour.case -c known.corpus --json
documented rerun_json

# Keys that change. What a lost key signs afterwards is not taken; what the new one signs is.
"$inquiry" key new alice --no-passphrase -q -o alice2.key >keys2 2>err
cp plain.case turned.case
expect 2 rotate_without_reason key rotate turned.case alice2.key
expect 2 rotate_to_another key rotate turned.case namesake.key -k bob.key --passphrase-file phrase -r x
expect 2 rotate_to_itself key rotate turned.case alice.key -r x
expect 0 rotate key rotate turned.case alice2.key -r yearly --json
documented rotate_json
expect 2 old_key_is_refused claim turned.case --statement 'old'
said old_key_is_said 'not the one that is in force'
expect 0 new_key_goes_on claim turned.case --statement 'new' -k alice2.key
expect 0 revoke_the_old key revoke turned.case entry "$(sed -n 's/^entry *//p' keys)" -k alice2.key -r lost
expect 2 revoke_what_never_was key revoke turned.case entry "$(cat other)" -k alice2.key -r lost
expect 2 revoke_a_bad_role key revoke turned.case master -k alice2.key -r lost
expect 0 turned_case_verifies verify turned.case --key "$(sed -n 's/^entry *//p' keys2)"
shown new_key_vouches 'as you say'
expect 0 revoke_in_force key revoke turned.case log -k alice2.key -r 'we leave'
expect 2 log_is_closed claim turned.case --statement 'more' -k alice2.key
expect 0 closed_case_verifies verify turned.case
expect 0 log_of_changed_keys log turned.case --json
documented log_of_changed_keys

# Tampering: each file flipped, cut, dropped; none of it passes.
python3 "$here/tamper.py" "$inquiry" bundle >tampered 2>&1
check every_tampering_is_found test $? -eq 0
sed -n '/^MISSED/p' tampered

# Killed at a hundred places, a full disk, a disk that may not be written.
python3 "$here/killed.py" "$inquiry" samples known.corpus >killed 2>&1
check killed_loses_nothing test $? -eq 0
sed -n '/^LOST/p' killed
mkdir readonly && cp harbour.case readonly/
chmod a-w readonly readonly/harbour.case
if [ "$(id -u)" -ne 0 ]; then
	expect 3 read_only_is_said admit readonly/harbour.case words
fi
expect 0 read_only_is_read log readonly/harbour.case
(
	ulimit -f 200
	trap '' XFSZ
	head -c 2000000 /dev/urandom >large 2>/dev/null
	exec "$inquiry" admit plain.case "$inquiry" >out 2>err
)
check full_disk_is_said test $? -eq 3
expect 0 full_disk_left_it_whole verify plain.case
check full_disk_entered_nothing test "$("$inquiry" log --jsonl plain.case | wc -l)" -eq 3

# The same in another store.
expect 0 case_of_its_own open third.case --id 00112233445566778899aabbccddeeff -t 'The harbour'
expect 0 admit_there admit third.case samples/unknown samples/stranger
expect 0 claim_there claim third.case 'They are two files' --cites 1,2
expect 0 publish_there publish third.case third
INQUIRY_CASE_KEY=$work/alice.key INQUIRY_CASE_OUT=$work/fromdb "$postgres" "$here/case.sh" "$inquiry" "$make" "$postgres" >out 2>err
code=$?
if [ $code -ne 77 ]; then
	check case_in_a_database test $code -eq 0
	check database_gives_the_same_bundle diff -r third fromdb
fi

counted
