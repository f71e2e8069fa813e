#!/bin/sh
# Private comparisons by the commands, between two parties who exchange nothing
# but message files: the result is that of a search of every pair, and what is
# out of order, replayed, cut, of another session, case or key is refused with
# the session left as it was.
#
# usage: blind.sh INQUIRY VERIFY MAKE
#   VERIFY  inquiry-verify
#   MAKE    the program that makes the golden samples

inquiry=$(realpath "$1")
verifier=$(realpath "$2")
make=$(realpath "$3")
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
export INQUIRY_TIME=1700000000

# refused CODE NAME TEXT PARTY MESSAGE: one sentence says why, and the sessions are as they were
refused() {
	cat ./*.blind >before
	entries=$("$inquiry" log --jsonl "$4.case" | wc -l)
	expect "$1" "$2" blind open "$4.case" "$5" -k "$4.key" -m nothing
	said "$2_says_why" "$3"
	check "$2_in_one_sentence" test "$(wc -l <err)" -eq 1
	cat ./*.blind >after
	check "$2_leaves_the_session" cmp before after
	check "$2_enters_nothing" test "$("$inquiry" log --jsonl "$4.case" | wc -l)" -eq "$entries"
	check "$2_sends_nothing" test ! -e nothing
}

for party in alma bob carol; do
	"$inquiry" key new $party --no-passphrase -q -o $party.key >/dev/null || exit 1
done
"$inquiry" open alma.case -k alma.key -q >/dev/null
"$inquiry" publish alma.case first -q >/dev/null
"$inquiry" open bob.case --join first -k bob.key -q >/dev/null
"$inquiry" publish bob.case second -q >/dev/null
"$inquiry" pull alma.case second -k alma.key -q >/dev/null
"$inquiry" open carol.case -k carol.key -q >/dev/null
check parties_are_there test "$("$inquiry" log --jsonl alma.case | wc -l)" -eq 2

# Two lists, some of it in common, written in different ways.
python3 - <<'PYTHON'
import random
random.seed(7)
names = ['host%d.example' % i for i in range(400)]
a, b = random.sample(names, 150), random.sample(names, 120)
mails = ['user%d@mail.example' % i for i in range(60)]
c, d = random.sample(mails, 30), random.sample(mails, 30)
with open('alma.txt', 'w') as f:
    f.write('# ours\n\n' + ''.join('domain %s\n' % x for x in a) + ''.join('email %s\n' % x for x in c))
with open('bob.txt', 'w') as f:
    f.write(''.join('domain %s.\r\n' % x.upper() for x in b) + ''.join('email %s\n' % x.title() for x in d))
both = [('domain', x) for x in a for y in b if x == y] + [('email', x) for x in c for y in d if x == y]
with open('both', 'w') as f:
    f.write(''.join('%s %s\n' % x for x in sorted(both)))
PYTHON

# What is refused before anything is committed to.
expect 2 offer_to_nobody blind offer alma.case -i alma.txt -k alma.key
expect 2 offer_of_nothing blind offer alma.case --with bob -k alma.key
expect 2 offer_to_oneself blind offer alma.case --with alma -i alma.txt -k alma.key
expect 2 offer_of_no_such_kind blind offer alma.case --with bob -i alma.txt --kinds colour -k alma.key
expect 2 offer_over_the_limit blind offer alma.case --with bob -i alma.txt --limit 100000000 -k alma.key
printf 'domain evil.example\nipv4 10.0.0.1\n' >addresses
expect 3 ipv4_is_refused blind offer alma.case --with bob -i addresses -k alma.key
said ipv4_is_said 'addresses:2: names an IPv4 address'
expect 2 ipv4_is_refused_as_a_kind blind offer alma.case --with bob -i alma.txt --kinds ipv4 -k alma.key
printf 'url http://10.0.0.1/x\n' >addresses
expect 3 ipv4_in_a_url_is_refused blind offer alma.case --with bob -i addresses -k alma.key
printf 'domain not a domain\n' >addresses
expect 3 bad_line_is_refused blind offer alma.case --with bob -i addresses -k alma.key
said bad_line_is_said 'addresses:1: is no domain'
check nothing_was_entered test "$("$inquiry" log --jsonl alma.case | wc -l)" -eq 2
check no_session_was_begun test -z "$(ls ./*.blind 2>/dev/null)"

# A session, and at each step everything that is not its turn.
expect 0 offer blind offer alma.case --with bob -i alma.txt -k alma.key -m 1 --json
documented offer_json
said whom_to_send_it 'send 1 to bob'
expect 2 offer_is_not_opened blind open bob.case 1 -k bob.key
said offer_is_answered 'inquiry blind answer takes it'
expect 2 offer_of_another_case blind answer carol.case 1 -i bob.txt -k carol.key
expect 2 offer_to_another_party blind answer alma.case 1 -i bob.txt -k alma.key
cp bob.case spare.case
expect 0 answer blind answer bob.case 1 -i bob.txt -k bob.key -m 2 --json
documented answer_json
expect 2 answer_again blind answer bob.case 1 -i bob.txt -k bob.key -m x
said answer_again_is_said 'answered before'
mkdir away && mv bob.key.*.blind away/
expect 2 answer_again_without_the_session blind answer bob.case 1 -i alma.txt -k bob.key -m x
said once_is_said 'allows that once'
rm -f bob.key.*.blind && mv away/*.blind .
check one_answer test "$("$inquiry" log --jsonl bob.case | grep -c '"blind answer"')" -eq 1

refused 2 own_message 'to another party' alma 1
head -c 1000 2 >cut
refused 3 cut_message 'cut short' alma cut
tail -c 1000 2 >cut
refused 3 cut_at_the_front 'no message' alma cut
expect 2 wrong_key blind open alma.case 2 -k bob.key
cp alma.key.*.blind kept
mv alma.key.*.blind "$(ls alma.key.*.blind | sed 's/alma/carol/')"
expect 3 key_of_another_party blind open alma.case 2 -k carol.key
mv carol.key.*.blind "$(ls carol.key.*.blind | sed 's/carol/alma/')"
expect 0 masked blind open alma.case 2 -k alma.key -m 3
refused 2 replayed_answer 'taken before' alma 2
expect 0 evaluated blind open bob.case 3 -k bob.key -m 4 --json
documented evaluated_json
shown run_is_entered 'blind run'
refused 2 replayed_masked 'taken before' bob 3
expect 2 answer_to_its_maker blind open bob.case 2 -k bob.key
sed 's/^from alma/from carol/' 3 >mixed
refused 2 of_somebody_else 'not from' bob mixed

# A second session beside the first: its messages are not this one's.
expect 0 second_offer blind offer alma.case --with bob -i alma.txt --kinds email -k alma.key -m b1
expect 0 second_answer blind answer bob.case b1 -i bob.txt -k bob.key -m b2
sed "s/^session .*/$(sed -n '/^session/p' 1)/" b2 >mixed
refused 2 message_of_another_session 'taken before' alma mixed
sed 's/^step 2 answer/step 4 evaluated/' b2 >mixed
refused 2 message_ahead_of_its_turn 'out of order' alma mixed
sed 's/^step 4/step 6/; s/^step 6 evaluated/step 6 closed/' 4 >mixed
refused 2 message_out_of_order 'out of order' alma mixed
sed "s/^after .*/after $(sha256sum <1 | cut -c1-64)/" 4 >mixed
refused 2 answer_to_another_message 'answers another' alma mixed

expect 0 opened blind open alma.case 4 -k alma.key -m 5
expect 0 closed blind open bob.case 5 -k bob.key -m 6
refused 2 replayed_opened 'taken before' bob 5
expect 0 done blind open alma.case 6 -k alma.key --json
documented done_json
refused 2 replayed_closed 'taken before' alma 6
expect 0 second_goes_on blind open alma.case b2 -k alma.key -m b3
expect 0 second_goes_on_too blind open bob.case b3 -k bob.key -m b4

# Exactly what both hold.
"$inquiry" publish bob.case third -q >/dev/null
"$inquiry" pull alma.case third -k alma.key -q >/dev/null 2>err
for party in alma bob; do
	expect 0 "result_of_$party" blind result $party.case --json
	documented "result_of_${party}_json"
	python3 -c 'import json
for c in json.load(open("out"))["comparisons"][0]["common"]: print(c["kind"], c["value"])' | sort >found
	check "result_of_${party}_is_that_of_every_pair" cmp both found
	expect 0 "result_for_$party" blind result $party.case
	shown "result_says_how_far_$party" 'reports it'
done
check no_element_is_in_a_message sh -c '! cat 1 2 3 4 | grep -aqiE "host[0-9]+|user[0-9]+"'
check only_what_both_hold_is_opened python3 -c 'import re
both = set(x.split()[1] for x in open("both"))
shown = set(x.decode() for x in re.findall(rb"(?:host|user)[0-9]+(?:@mail)?[.]example", open("5", "rb").read() + open("6", "rb").read()))
assert shown == both, (shown, both)'

# Anyone proves it again.
expect 0 case_verifies verify alma.case
shown case_holds 'V2  citations and custody   holds'
expect 0 publish publish alma.case bundle
expect 0 bundle_verifies verify bundle
"$verifier" bundle >out 2>err
check verifier_of_its_own test $? -eq 0
check results_are_looked_at sh -c '! grep -q "private comparisons" out'
expect 0 log_shows_it log alma.case --json
documented log_json

# Functions of programs: what is alike is opened, and nothing else.
cp unknown.elf unknown 2>/dev/null
expect 0 offer_of_programs blind offer alma.case unknown --with bob -k alma.key -m p1
expect 0 answer_with_programs blind answer bob.case p1 unknown stranger -k bob.key -m p2
expect 0 programs_masked blind open alma.case p2 -k alma.key -m p3
expect 0 programs_evaluated blind open bob.case p3 -k bob.key -m p4
expect 0 programs_opened blind open alma.case p4 -k alma.key -m p5
expect 0 programs_closed blind open bob.case p5 -k bob.key -m p6
expect 0 programs_done blind open alma.case p6 -k alma.key
expect 0 programs_result blind result alma.case --json
documented programs_result_json
check programs_have_functions_in_common python3 -c 'import json
c = json.load(open("out"))["comparisons"][2]
assert c["functions"] and c["functions"][0]["jaccard"] == 1, c
assert any(x["kind"] == "sha256" for x in c["common"])'

counted
