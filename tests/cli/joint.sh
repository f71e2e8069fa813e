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
postgres=$(realpath "$5")
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
server=
trap '[ -z "$server" ] || kill "$server"; clean' EXIT
unset SSL_CERT_FILE SSL_CERT_DIR https_proxy HTTPS_PROXY all_proxy ALL_PROXY http_proxy no_proxy NO_PROXY
export INQUIRY_TIME=1700000000
"$inquiry" corpus build -q known.corpus families --common libraries --published beta=2014-04-07 || exit 1

# as PARTY CODE NAME COMMAND [ARGUMENTS]: inquiry COMMAND, with the party's key
as() {
	party=$1
	wanted=$2
	name=$3
	shift 3
	run "$name" "$wanted" "$inquiry" "$@" -k "$party.key"
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

# let_in WHO HOST FROM [NAME]: WHO is new to HOST in what FROM published, is named, left out, and let in by the
# very command that is said
let_in() {
	as "$2" 0 "$2_pulls_$3" pull "$2.case" "from-$3"
	said "$1_is_new_to_$2" "$1 is new here, named by"
	check "$1_is_left_out_by_$2" sh -c "! '$inquiry' log --jsonl $2.case | grep -q '\"entry\":\"$1/'"
	command=$(sed -n "s/.*$1 is new here.* this lets it in: inquiry//p" err)
	run "$1_is_let_in_by_$2" 0 sh -c "'$inquiry' $command"
	check "$1_is_there_for_$2" sh -c "'$inquiry' log --jsonl $2.case | grep -q '\"entry\":\"$1/'"
}

# The same in a database: carol keeps her case there. Run by tests/postgres, in the folder of the inquiry.
if [ -n "$INQUIRY_TEST_POSTGRES" ]; then
	cd "$INQUIRY_JOINT" || exit 1
	case=$INQUIRY_TEST_POSTGRES'&schema=joint'
	"$inquiry" key new dora --no-passphrase -q && "$inquiry" open "$case" --join from-bob -k dora.key &&
		"$inquiry" admit "$case" words -k dora.key && "$inquiry" publish -q "$case" from-dora &&
		"$inquiry" pull bob.case from-dora --accept dora -k bob.key && "$inquiry" publish -q bob.case from-bob &&
		"$inquiry" pull "$case" from-bob -k dora.key && "$inquiry" publish -q "$case" from-dora &&
		"$verifier" from-dora && "$inquiry" verify "$case" && "$inquiry" log "$case" | grep -q 'dora/1 '
	exit
fi

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
	pull alice bob
	said the_first_comes_in_by_itself 'bob is a party of the inquiry here from now on; its key is bob+'
	as alice 0 a_second_one_does_not pull alice.case from-carol --json
	documented left_out_json
	shown the_key_of_who_is_new '"key": "carol+'
	let_in carol alice carol
	as alice 0 alice_investigates investigate alice.case -c known.corpus
	as alice 0 alice_claims claim alice.case 'The unknown shares code with alpha' --cites 1
	publish alice
	let_in carol bob alice
	pull bob carol
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
	run entry_shows_cosigners 0 "$inquiry" show alice.case 0
	shown cosigners_of_an_entry 'by bob, carol'
	run entry_shows_lack 0 "$inquiry" show alice.case carol/1
	said_by_all >alice.log
	"$inquiry" log --jsonl carol.case | sed 's/"cosigned_by":\[[^]]*\],//' >carol.log
	check one_order_for_everybody cmp alice.log carol.log
}

# From a stick, and from the web: the same files, the same result.
elsewhere() {
	as bob 0 bob_adds claim bob.case --statement 'More to come'
	run lag_is_shown 0 "$inquiry" log bob.case --json
	documented log_json
	run lag_is_shown_to_people 0 "$inquiry" log bob.case
	shown who_lags 'alice (1 behind, as of 2023-11-14 22:13:20)'
	run lag_is_verified 0 "$inquiry" verify bob.case
	shown who_lags_here_too 'alice (1 behind, as of'
	publish bob
	mkdir stick && cp -r from-bob stick/
	as alice 0 alice_pulls_a_stick pull alice.case stick/from-bob
	python3 "$here/serve.py" from-bob >address 2>served &
	server=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -s address ] || sleep 0.3
	done
	as carol 0 carol_pulls_from_the_web pull carol.case "$(cat address)"
	shown web_is_countersigned 'countersigned'
	check only_get test "$(grep -cv '"GET ' served)" -eq 0
	as carol 3 no_case_on_the_web pull carol.case "$(cat address)/none"
	as carol 3 too_many_redirects pull carol.case "$(cat address)/round"
	as carol 4 no_end pull carol.case "$(cat address)/endless"
	as carol 3 broken_server pull carol.case "$(cat address)/broken"
	as carol 3 no_way_to_a_file pull carol.case "$(cat address)/to-file"
	as carol 3 no_tls_no_trust pull carol.case "$(sed s/http:/https:/ address)"
	as carol 2 no_query pull carol.case "$(cat address)?a=b"
	kill "$server"
	wait "$server" 2>/dev/null
	server=
	as carol 3 nobody_there pull carol.case "$(cat address)"
	as carol 3 no_folder pull carol.case none
	run carol_is_as_before 0 "$verifier" from-carol
	publish alice
	publish carol
	pull bob alice carol
	publish bob
}

# scene: every cheat begins where the honest inquiry ended
scene() {
	cd "$work" && rm -rf scene && mkdir scene && cp -r ./*.case ./*.key ./*.keys words from-* scene/ && cd scene || exit 1
	said_by_all >alice.before
}

# The entries, whoever countersigned them.
said_by_all() {
	"$inquiry" log --jsonl alice.case | sed 's/"cosigned_by":\[[^]]*\],//'
}

# untouched NAME: alice's case is as it was
untouched() {
	said_by_all >alice.after
	check "$1_leaves_the_case_alone" cmp alice.before alice.after
}

# refused NAME TEXT: alice refuses what bob published, says so, and nothing changes
refused() {
	as alice 1 "$1" pull alice.case from-bob
	said "$1_is_said" "$2"
	untouched "$1"
	as alice 1 "$1_again" pull alice.case from-bob --json
	documented "$1_json"
	shown "$1_json_says_so" '"refused"'
}

# stranger FILE: whoever has nothing but the file can check it, and whose key it is
stranger() {
	mkdir stranger && cp "$1" stranger/proof
	run stranger_proves_it 0 "$verifier" stranger/proof
	shown stranger_sees_it 'FORKED: two histories of bob/'
	run stranger_with_the_key 0 "$verifier" stranger/proof --key "$(sed -n 's/^log *//p' bob.keys)"
	shown stranger_knows_the_key 'as you gave it'
	run stranger_with_another_key 1 "$verifier" stranger/proof --key "$(sed -n 's/^log *//p' alice.keys)"
	run stranger_by_inquiry 0 "$inquiry" verify stranger/proof
	run stranger_by_inquiry_json 0 "$inquiry" verify stranger/proof --json
	documented fork_json
	sed 's/^index \(.*\)/index 1\1/' stranger/proof >stranger/forged
	run forged_proof_is_none 3 "$verifier" stranger/forged
	head -c 500 stranger/proof >stranger/cut
	run cut_proof_is_none 3 "$verifier" stranger/cut
	python3 - stranger/proof stranger/same <<'EOF'
import re, sys
file = open(sys.argv[1], "rb").read()
head, first, rest = re.match(rb"(.*?\n.*?\n)first (\d+)\n(.*)", file, re.S).groups()
proof = rest[:int(first)]
open(sys.argv[2], "wb").write(b"%bfirst %b\n%bsecond %b\n%b" % (head, first, proof, first, proof))
EOF
	run one_history_twice_is_no_fork 1 "$verifier" stranger/same
	rm -r stranger
}

# Bob goes back to an older copy of his case and writes another history.
rewrites_history() {
	scene
	cp "$work/early.case" bob.case
	as bob 0 bob_rewrites claim bob.case --statement 'We never said that'
	publish bob
	as alice 1 rewritten_is_refused pull alice.case from-bob -o proof.fork
	said rewritten_is_proved 'bob signed two histories'
	run alice_has_entered_it 0 "$inquiry" log alice.case --json
	documented forked_log_json
	check one_entry_was_made test "$(grep -c '"type": "fork"' out)" -eq 1
	stranger proof.fork
	as alice 0 nothing_is_said_twice pull alice.case from-bob
	check no_second_entry test "$("$inquiry" log --jsonl alice.case | grep -c '"type":"fork"')" -eq 1
	shown forked_is_shown 'FORKED'
	as alice 0 carol_is_still_heard pull alice.case from-carol
	as bob 1 bob_finds_his_case_is_old pull bob.case from-alice
	said bob_is_told 'the case is an old copy'
	publish alice
	run the_record_tells 6 "$verifier" from-alice
	shown the_record_names_it 'FORKED: its first'
	shown the_record_holds 'reached V2'
	run the_record_tells_in_json 6 "$inquiry" verify from-alice --json
	documented forked_verification_json
	as carol 0 carol_takes_the_proof pull carol.case from-alice
	run carol_tells_it_too 6 "$inquiry" verify carol.case
	shown carol_says_what_counts 'bob signed two histories: the first'
	as carol 0 carol_goes_on claim carol.case --statement 'We saw it'
	publish carol
	as alice 0 alice_goes_on pull alice.case from-carol
}

# Bob shows one history to alice and another one to carol, both longer than before.
forks() {
	scene
	cp bob.case other.case
	as bob 0 bob_says_one_thing claim bob.case --statement 'To alice'
	as bob 0 bob_says_another claim other.case --statement 'To carol'
	publish bob
	"$inquiry" publish -q other.case from-other
	pull alice bob
	pull carol other
	publish alice
	publish carol
	as alice 1 alice_sees_both pull alice.case from-carol
	said fork_is_proved 'bob signed two histories'
	check fork_has_a_file test -s "$(ls bob-*.fork)"
	stranger "$(ls bob-*.fork)"
	as alice 0 alice_hears_carol pull alice.case from-carol
	as carol 1 carol_sees_both pull carol.case from-alice -o carols.fork
	stranger carols.fork
	as carol 0 carol_hears_alice pull carol.case from-alice
	as carol 0 carol_admits_on admit carol.case words
	publish carol
	as alice 0 alice_hears_more pull alice.case from-carol
	# Nobody who is honest is spoilt by it: each can prove all but what bob said beyond his fork.
	publish alice
	for party in alice carol; do
		run "honest_$party" 6 "$verifier" "from-$party" --json
		check "nothing_of_${party}s_fails" python3 -c '
import json
r = json.load(open("out"))
assert r["level"] == 2 and not r["failures"], r["failures"]
assert [l["party"] for l in r["logs"] if l["forked"]] == ["bob"]'
	done
	"$inquiry" key new erin --no-passphrase -q >erin.keys
	as erin 0 one_can_still_join open erin.case --join from-alice
	as bob 0 bob_writes_on claim bob.case --statement 'Nothing happened'
	publish bob
	as alice 0 nothing_more_of_bob pull alice.case from-bob
	check not_countersigned_any_more test "$("$inquiry" log --jsonl alice.case | grep -c 'Nothing happened')" -eq 0
}

shrinks() {
	scene
	cp "$work/early.case" bob.case
	publish bob
	refused shrunk 'the log shrank'
}

# A copy of carol's that is behind is no lie, and takes nothing away.
lags() {
	scene
	as alice 0 behind_is_no_cheat pull alice.case "$work/carol-early"
	shown behind_is_shown 'behind here'
	untouched lagging
}

withholds() {
	scene
	as bob 0 bob_admits_more admit bob.case words
	for what in objects/sha256 logs/bob/tile/entries logs/bob/tile/0 logs/bob/checkpoint charter.json policy; do
		rm -rf from-bob
		publish bob
		case $what in
		objects/sha256)
			rm from-bob/objects/sha256/*/"$(sha256sum words | cut -d ' ' -f 1)"
			;;
		*) rm -r "from-bob/$what" ;;
		esac
		name="withheld_$(echo $what | tr /. __)"
		if [ $what = policy ]; then
			as alice 3 "$name" pull alice.case from-bob
		else
			as alice 1 "$name" pull alice.case from-bob
			said "${name}_is_said" 'refused'
		fi
		check "${name}_is_no_fork" sh -c '! grep -q histories err'
		untouched "$name"
	done
}

# swap FILE OF: another content under the name of an object of bob's
swaps_an_exhibit() {
	scene
	as bob 0 bob_admits_words admit bob.case words
	publish bob
	object=$(echo from-bob/objects/sha256/*/"$(sha256sum words | cut -d ' ' -f 1)")
	cp "$(find from-bob/objects -type f ! -path "$object" | head -1)" "$object"
	refused swapped "do not have its digest"
}

changes_a_result() {
	scene
	as bob 0 bob_has_another_sample admit bob.case ../families/alpha/two
	as bob 0 bob_investigates investigate bob.case -c ../known.corpus
	publish bob
	result=$("$inquiry" log --jsonl bob.case | sed -n 's/.*"entry":"bob.*"subjects":\[{"name":"two".*"kind":"examine".*"result":"\([0-9a-f]*\)".*/\1/p')
	object=$(find from-bob/objects -name "$result")
	"$here/repack.py" "$object" >changed && cp changed "$object"
	refused changed_result 'do not have its digest'
	# Entered openly it is another result, which recomputing shows; in an older copy it is a fork.
	rm -rf from-bob
	publish bob
	pull alice bob
	cp bob.case lied.case
	entry=$("$inquiry" log --jsonl bob.case | sed -n 's/.*"entry":"\(bob[^"]*\)".*"subjects":\[{"name":"two".*"kind":"examine".*/\1/p')
	"$liar" lied.case bob.key "$entry" 200 >out 2>err
	check openly_is_another_entry test $? -eq 0
	"$inquiry" publish -q lied.case from-liar
	as alice 0 openly_it_is_taken_in pull alice.case from-liar
	run openly_it_shows 1 "$inquiry" verify alice.case --recompute -c ../known.corpus
	shown openly_it_is_named 'of the result: the same program gives other bytes'
	cp "$work/bob.case" bob.case
	as bob 0 bob_admits_another admit bob.case words
	publish bob
	as alice 1 changed_history_is_proved pull alice.case from-bob -o proof.fork
	said changed_history_is_said 'signed two histories'
	stranger proof.fork
}

# Bob leaves out that carol and alice countersigned him: it shows as lagging, and whoever demands a quorum is not served.
drops_a_cosignature() {
	scene
	{
		grep '^log' from-bob/policy
		grep '^witness' from-bob/policy
		printf 'group two 2 alice bob carol\nquorum two\n'
	} >demanding
	run quorum_is_there 0 "$verifier" from-bob --policy demanding
	rm from-bob/logs/bob/cosigned/alice
	sed -i '/^— alice /d' from-bob/logs/bob/checkpoint
	run dropped_is_shown 0 "$verifier" from-bob
	shown dropped_lags 'countersigned by alice: never'
	run dropped_fails_the_quorum 1 "$verifier" from-bob --policy demanding
	run dropped_fails_with_inquiry 1 "$inquiry" verify from-bob --policy demanding
	as alice 0 alice_knows_better pull alice.case from-bob --json
	check alice_keeps_hers python3 -c '
import json
bob = next(l for l in json.load(open("out"))["logs"] if l["party"] == "bob")
assert all(c["behind"] == 0 for c in bob["cosigned_by"]), bob'
	untouched dropped
	# Changed rather than dropped.
	rm -rf from-bob
	publish bob
	sed -i -e 's/^\(— alice .*\)A\(...\)$/\1B\2/;t' -e 's/^\(— alice .*\).\(...\)$/\1A\2/' from-bob/logs/bob/checkpoint
	refused changed_cosignature 'cosignature'
	sed -i 's/^— alice /— alicf /' from-bob/logs/bob/checkpoint
	refused renamed_cosignature 'signed by a key that neither'
}

# Somebody else's files: another case, another party's log, an old head beside new tiles.
mixes_up() {
	scene
	as bob 0 another_case open another.case -t 'Another'
	rm -rf from-bob
	"$inquiry" publish -q another.case from-bob
	refused another_case_is_refused 'is of another case'
	rm -rf from-bob
	publish bob
	cp from-bob/logs/carol/checkpoint from-bob/logs/bob/checkpoint
	refused another_head 'head is of another log'
	rm -rf from-bob
	publish bob
	"$inquiry" key new mallory --no-passphrase -q >mallory.keys
	as mallory 0 mallory_joins open mallory.case --join from-carol
	publish mallory
	cp -r from-mallory/logs/mallory from-bob/logs/
	pull alice bob
	untouched stowaway
	cp -r from-mallory/logs/carol/. from-bob/logs/bob/
	refused mixed_logs 'head is of another log'
}

# Bob brings parties of his own making, and they all agree with him. Nobody has to hear them.
brings_puppets() {
	scene
	for n in 1 2 3 4 5 6 7 8 9; do
		"$inquiry" key new p$n --no-passphrase -q >p$n.keys
		"$inquiry" open p$n.case --join "$work/from-bob" -k p$n.key -q >/dev/null 2>err || exit 1
		"$inquiry" claim p$n.case --statement 'Bob is right' -k p$n.key -q >/dev/null 2>err
		publish p$n
		as bob 0 bob_lets_p${n}_in pull bob.case from-p$n --accept p$n
	done
	as bob 0 bob_cites_them claim bob.case 'They all say so' --cites p1/1,p9/1
	publish bob
	as alice 0 puppets_stay_out pull alice.case from-bob
	check puppets_are_named test "$(grep -c 'is new here, named by bob, and was left out' err)" -eq 9
	check bob_himself_is_heard grep -q 'bob  *5  *1  countersigned' out
	publish alice
	run without_puppets_it_holds 0 "$verifier" from-alice
	shown who_is_not_there 'not in this record: p9, of whose log 2 entries are named by bob'
	check what_rests_on_them_is_unproved sh -c '"$1" show alice.case bob/$(($("$1" log --jsonl alice.case | grep -c "\"entry\":\"bob/") - 1)) | grep -q "rests on unproved"' sh "$inquiry"
	as alice 1 nobody_comes_in_under_another_key pull alice.case from-bob --accept "$("$inquiry" key new p1 --no-passphrase -q -o other.key | sed -n 's/^entry *//p')"
	said another_key_is_said 'not of the key that you gave for p1'
	as alice 2 who_is_let_in_is_named pull alice.case from-bob --accept 'P 1'
	as alice 1 who_is_let_in_is_there pull alice.case from-bob --accept nobody
	said who_is_missing_is_said 'brings no party nobody'
	untouched_but_for_bob=$("$inquiry" log --jsonl alice.case | grep -c '"entry":"p')
	check no_puppet_is_there test "$untouched_but_for_bob" -eq 0
	# An old copy of one of them, of which bob says that he had seen more.
	"$inquiry" open again.case --join "$work/from-bob" -k p1.key -q >/dev/null 2>&1
	"$inquiry" publish -q again.case old
	as alice 1 what_was_said_of_a_party_is_proved_when_it_comes pull alice.case old --accept p1
	said what_was_said_does_not_fit 'had seen'
	# Who joins them all says so.
	"$inquiry" key new erin --no-passphrase -q >erin.keys
	as erin 1 too_many_to_join_unnamed open erin.case --join from-bob
	said too_many_are_counted 'brings 12 parties, and no more than 8 come in unnamed'
	as erin 0 some_are_joined open erin.case --join from-bob --accept alice,bob --accept carol
	check the_others_are_left_out test "$(grep -c 'is new here, named by bob' err)" -eq 9
	publish erin
	run erin_holds 0 "$verifier" from-erin
	as erin 2 accept_wants_join open none.case --accept bob
	# Taken out by who carries it: everybody names carol.
	cp -r "$work/from-carol" taken && rm -rf taken/logs/carol taken/logs/*/cosigned/carol taken/proofs
	sed -i '/carol/d' taken/policy taken/logs/*/checkpoint
	run who_was_taken_out_is_missed 1 "$verifier" taken
	shown that_is_said 'every log here names a log that is not in the record: it was taken out'
}

# Keys that are another's, a name that is taken.
usurps() {
	scene
	as bob 3 joins_twice open twice.case --join from-alice
	said joins_twice_is_said 'has a party bob already'
	sed 's/^party bob/party rob/; s/^\(entry\|log\|cosigner\) bob+/\1 rob+/' bob.key >rob.key
	as rob 3 a_key_file_that_was_renamed open rob.case --join from-alice
}

# Dora keeps her case in a database, and nobody notices.
in_a_database() {
	scene
	INQUIRY_JOINT=$PWD "$postgres" "$here/joint.sh" "$inquiry" "$verifier" "$make" "$liar" "$postgres" >out 2>err
	code=$?
	[ $code -eq 77 ] || check a_party_in_a_database test $code -eq 0
}

# certificate NAME CA SAN [FROM TO]: NAME.crt and NAME.key, signed by CA
certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -subj "/CN=$1" -out "$1.csr" 2>/dev/null &&
		printf '%s\n' '[ca]' 'default_ca=d' '[d]' "new_certs_dir=$PWD" "database=$PWD/$2.db" "serial=$PWD/$2.serial" \
			'default_md=sha256' 'policy=p' 'x509_extensions=x' 'copy_extensions=none' '[p]' 'commonName=supplied' \
			'[x]' "subjectAltName=$3" >"$1.cnf" && : >"$2.db" && echo "unique_subject = no" >"$2.db.attr" &&
		openssl ca -batch -notext -config "$1.cnf" -rand_serial -cert "$2.crt" -keyfile "$2.key" -in "$1.csr" -out "$1.crt" \
			-startdate "${4:-20200101000000Z}" -enddate "${5:-20491231000000Z}" 2>/dev/null
}

# secure NAME CODE CLAIM: alice pulls over https from who has that certificate
secure() {
	: >address
	python3 "$here/serve.py" from-bob "$1.crt" "$1.key" >address 2>served &
	server=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -s address ] || sleep 0.3
	done
	as alice "$2" "$3" pull alice.case "$(cat address)"
	kill "$server"
	wait "$server" 2>/dev/null
	server=
}

# Over https, with authorities of the user's own: accepted, and refused for every reason that there is.
over_tls() {
	scene
	for ca in ours theirs; do
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $ca.key -out $ca.crt -days 9999 \
			-subj "/CN=$ca" 2>/dev/null
	done
	certificate good ours IP:127.0.0.1
	certificate foreign theirs IP:127.0.0.1
	certificate misnamed ours DNS:bob.example
	certificate expired ours IP:127.0.0.1 20200101000000Z 20200201000000Z
	check certificates_were_made test -s expired.crt -a -s good.crt -a -s foreign.crt -a -s misnamed.crt
	as bob 0 bob_has_news claim bob.case --statement 'By wire'
	publish bob
	secure good 3 an_authority_of_nobody
	said unknown_authority_is_said 'certificate'
	export SSL_CERT_FILE="$PWD/ours.crt"
	for bad in foreign misnamed expired; do
		secure $bad 3 "a_${bad}_certificate"
		said "a_${bad}_certificate_is_said" 'cannot be fetched'
		untouched "a_${bad}_certificate"
	done
	secure good 0 over_https
	said https_brings_news '1 entry was taken in'
	SSL_CERT_FILE="$PWD/none.crt"
	as alice 2 authorities_that_are_not_there pull alice.case https://127.0.0.1:1/
	said authorities_are_said 'SSL_CERT_FILE'
	unset SSL_CERT_FILE
}

# Killed at any moment, a pull has taken in all or nothing.
killed() {
	scene
	python3 "$here/killed_pull.py" "$inquiry" alice.case alice.key bob.case bob.key >out 2>err
	check killed_takes_all_or_nothing test $? -eq 0
}

begin
cp bob.case early.case
inquire
cp -r from-carol carol-early
agree
elsewhere
for cheat in rewrites_history forks shrinks lags withholds swaps_an_exhibit changes_a_result drops_a_cosignature \
	mixes_up brings_puppets usurps over_tls in_a_database killed; do
	$cheat
done
cd "$work" || exit 1

counted
