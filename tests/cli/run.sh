#!/bin/sh
# Drives the real program as users and scripts do: exit codes, bad input,
# batches that go on, standard input, interrupted builds.
#
# usage: run.sh INQUIRY MAKE     (MAKE: the program that makes the golden samples)

inquiry=$(realpath "$1")
make=$(realpath "$2")
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
: >empty
head -c 20 unknown >short
mkdir directory
mkfifo pipe

# Usage.
expect 2 no_command
expect 2 unknown_command exmine unknown
said suggests_the_nearest_command 'did you mean inquiry examine?'
expect 2 unknown_option examine --functoins unknown
said suggests_the_nearest_option 'did you mean --functions?'
expect 2 option_given_twice examine --json --json unknown
said names_the_doubled_option '--json is given twice'
expect 2 options_that_exclude_each_other examine --json --jsonl unknown
expect 2 no_file examine
expect 2 too_many_operands compare a b c
expect 2 value_missing examine -o
expect 2 value_where_none_belongs examine --functions=3 unknown
expect 2 jobs_out_of_range examine -j 0 unknown
expect 2 jobs_no_number examine -j many unknown
expect 2 raw_without_machine examine --raw z80@0 unknown
expect 2 raw_with_bad_base examine --raw x86-64@zero unknown
expect 2 bad_colour examine --color=pink unknown
expect 2 search_without_corpus search unknown
expect 2 stdin_twice examine - -
expect 0 version --version
check version_is_one_line test "$(wc -l <out)" -eq 1
expect 0 help --help
# Every command there is has help with examples, and a manual page that says all that the help does.
sed -n '/^Usage/,$s/^  \(.\{16\}\) .*/\1/p' out | sed 's/ *$//' >commands
check commands_are_found grep -qx 'corpus calibrate' commands
while read -r command; do
	helped "$command"
	manual "$command"
	# shellcheck disable=SC2086
	expect 0 "help_the_other_way_of_$command" help $command
done <commands
expect 0 corpus_help corpus --help
expect 2 corpus_alone corpus
for shell in bash zsh fish; do
	expect 0 "completion_$shell" completion $shell
done
"$inquiry" completion bash >completion.bash
check completion_is_bash bash -n completion.bash
expect 2 completion_of_another_shell completion cmd

# Input that cannot be read: one sentence, exit 3, and the rest goes on.
expect 3 missing_file examine none
said missing_file_is_said 'inquiry: none: cannot be opened: No such file or directory'
check one_sentence test "$(wc -l <err)" -eq 1
expect 3 empty_folder examine directory
said empty_folder_is_said 'directory: there is no file in it'
mkdir -p folder/below && cp unknown folder/below/ && cp words empty folder/
expect 0 folder examine --functions folder
check folder_gives_the_programs_below_it test "$(grep -c . out)" -gt 5
said folder_counts_what_is_no_program '2 files that are no programs were passed over'
expect 0 folder_is_one_document examine --json folder
check folder_lists_no_other_file test "$(grep -c '\"file\": ' out)" -eq 1
expect 3 empty_file examine empty
expect 3 no_program examine words
expect 3 truncated_header examine short
expect 3 pipe examine pipe
expect 3 device examine /dev/zero
if [ "$(id -u)" -ne 0 ]; then
	cp unknown locked && chmod 000 locked
	expect 3 unreadable_file examine locked
fi
expect 3 batch_goes_on examine --functions none unknown words stranger directory
check results_of_the_others test "$(grep -c '^# ' out)" -eq 2
check errors_of_each test "$(wc -l <err)" -eq 3
expect 3 json_batch_goes_on examine --json none unknown words
check json_of_a_failing_batch python3 -c '
import json, sys
d = json.load(open("out"))
assert d["schema"] == "inquiry.examination/1"
assert len(d["exhibits"]) == 3
assert d["exhibits"][0]["error"]["status"] == "unreadable"
assert "error" not in d["exhibits"][1]
assert d["exhibits"][2]["error"]["status"] == "unrecognised"'
expect 3 jsonl_batch_goes_on examine --jsonl none unknown words
check every_line_is_json python3 -c '
import json
lines = [json.loads(l) for l in open("out")]
assert len(lines) == 3 and all(l["schema"] == "inquiry.examination/1" for l in lines)'

# The same result whatever the number of processes, and in the order of the operands.
for jobs in 1 2 7; do
	"$inquiry" examine --functions -j $jobs unknown stranger families/*/* >"jobs$jobs" 2>err
done
check one_or_two_processes cmp jobs1 jobs2
check one_or_seven_processes cmp jobs1 jobs7

# Standard input, output, colour.
"$inquiry" examine --functions unknown >file 2>err
"$inquiry" examine --functions - <unknown >stdin 2>err
check stdin_is_a_file cmp file stdin
"$inquiry" examine --functions -o written unknown >out 2>err
check output_to_a_file cmp file written
check nothing_on_stdout test ! -s out
expect 3 output_into_nowhere examine -o none/written unknown
echo old >kept
expect 3 failing_run_with_output examine -o kept none
check file_without_a_successor_is_kept grep -q old kept
check no_temporary_files test -z "$(ls -A | grep '\.tmp$')"
if [ -c /dev/full ]; then
	"$inquiry" examine unknown >/dev/full 2>err
	check full_disk_is_not_silence test $? -eq 3
fi
expect 0 plain_when_not_a_terminal examine unknown
check no_escapes test "$(grep -c "$(printf '\033')" out)" -eq 0
expect 0 colour_when_asked examine --color=always unknown
check escapes test "$(grep -c "$(printf '\033')" out)" -gt 0


# Archives, and names that no terminal should be given.
python3 "$here/odd_archive.py" unknown odd.a
expect 0 archive examine --functions odd.a
check a_heading_for_each_member test "$(grep -c '^# odd.a!' out)" -eq 6
check names_are_inert sh -c '! LC_ALL=C grep -q "[^ -~	]" out'
expect 0 archive_in_text examine odd.a
check text_is_inert sh -c '! LC_ALL=C grep -q "[^ -~]" out'
expect 0 archive_in_json examine --json odd.a
check json_is_inert sh -c '! LC_ALL=C grep -q "[[:cntrl:]]" out'
check json_has_all_members python3 -c '
import json
names = [e["member"] for e in json.load(open("out"))["exhibits"]]
assert len(names) == 6 and names[0] == "plain.o" and names[1] == "\x1b[31mred", names'
expect 0 member_of_an_archive examine --functions 'odd.a!plain.o'
sed 1d out >member
check member_is_the_file cmp file member
expect 3 no_such_member examine 'odd.a!none.o'
expect 2 archive_where_one_program_is_wanted compare odd.a unknown
said tells_how_to_name_one 'name one as FILE!MEMBER'
expect 0 member_compared compare 'odd.a!plain.o' unknown --json
python3 -c 'import zipfile; z = zipfile.ZipFile("odd.zip", "w"); z.write("unknown"); z.write("words")'
expect 0 zip examine --functions odd.zip
check zip_holds_one_program test "$(grep -c '^# odd.zip!unknown' out)" -eq 1

# Machines without a sandbox.
python3 "$here/no_seccomp.py" true
if [ $? -ne 77 ]; then
	python3 "$here/no_seccomp.py" "$inquiry" examine --functions unknown >out 2>err
	check no_sandbox_is_said_so test $? -eq 5
	check no_sandbox_no_result test ! -s out
	said no_sandbox_names_the_way_on '--no-sandbox'
	python3 "$here/no_seccomp.py" "$inquiry" examine --functions --no-sandbox unknown >out 2>err
	check goes_on_without test $? -eq 0
	check result_is_the_same cmp file out
fi

# Bare code.
dd if=unknown of=code bs=4096 skip=1 count=1 2>/dev/null
expect 0 raw examine --functions --raw x86-64@0x401000 code
expect 3 not_raw examine --functions code

# Corpora.
expect 0 build corpus build known.corpus families --common libraries --published beta=2014-04-07
check build_leaves_only_the_corpus test -z "$(ls -A | grep -e '\.tmp$' -e '\.parts$')"
check build_prints_nothing test ! -s out
cp known.corpus before
expect 0 build_again corpus build known.corpus families --common libraries --published beta=2014-04-07
check build_gives_the_same_bytes cmp known.corpus before
expect 0 build_with_more_processes corpus build -j 4 jobs.corpus families --common libraries --published beta=2014-04-07
check build_is_the_same_with_more cmp known.corpus jobs.corpus
expect 0 check corpus check known.corpus
expect 0 info corpus info known.corpus
expect 0 info_json corpus info --json known.corpus
check info_counts python3 -c '
import json
d = json.load(open("out"))
assert d["families"] == 2 and d["libraries"] == 1 and d["samples"] == 4
assert [l["label"] for l in d["labels"]] == ["alpha", "beta", "common"]
assert d["labels"][1]["published"] == "2014-04-07"'
# A day of samples, kept by the corpus, weighs as the same day given on the line does.
expect 0 build_with_a_day_of_a_sample corpus build dated.corpus families --published alpha/one=2014-04-07
expect 0 check_a_day_of_a_sample corpus check dated.corpus
expect 0 info_of_a_day_of_a_sample corpus info --json dated.corpus
check the_day_of_a_sample_is_told python3 -c '
import json
alpha = json.load(open("out"))["labels"][0]
assert "published" not in alpha and alpha["published_samples"] == 1 and alpha["first_published"] == "2014-04-07"'
expect 0 build_without_days corpus build undated.corpus families
check a_day_makes_another_corpus sh -c '! cmp -s dated.corpus undated.corpus'
expect 0 a_day_that_the_corpus_keeps attribute --json -c dated.corpus unknown
cp out kept
expect 0 a_day_on_the_line attribute --json -c undated.corpus --published alpha/one=2014-04-07 unknown
check both_days_weigh_alike python3 -c '
import json
kept, line = json.load(open("kept")), json.load(open("out"))
assert kept.pop("corpus")["digest"] != line.pop("corpus")["digest"] and kept == line
assert kept["published_families"] == 1 and sum(x["published"] for x in kept["exhibits"]) > 0'
mkdir half1 half2 && cp -r families/alpha half1/ && cp -r families/beta half2/
expect 0 build_a_half corpus build half.corpus half1 --common libraries
expect 0 add_the_other corpus add half.corpus half2 --published beta=2014-04-07
check added_is_built cmp known.corpus half.corpus
expect 0 build_other_half corpus build other.corpus half2 --published beta=2014-04-07
expect 0 build_one_half corpus build one.corpus half1 --common libraries
expect 0 merge corpus merge merged.corpus other.corpus one.corpus
check merged_is_built cmp known.corpus merged.corpus
expect 0 merge_onto_itself corpus merge merged.corpus merged.corpus one.corpus
check merged_again_is_built cmp known.corpus merged.corpus
cp words families/beta/notes.txt && : >families/beta/nothing
expect 0 files_that_are_no_programs corpus build known2.corpus families --common libraries --published beta=2014-04-07
said they_are_counted '2 files are no programs'
check they_change_nothing cmp known.corpus known2.corpus
rm families/beta/notes.txt families/beta/nothing
expect 2 bad_date corpus build x.corpus families --published beta=yesterday
expect 2 date_that_is_none corpus build x.corpus families --published beta=2014-13-01
expect 2 date_of_no_family corpus build x.corpus families --published gamma=2014-04-07
expect 2 date_of_no_sample corpus build x.corpus families --published beta/none=2014-04-07
said no_sample_is_so_named 'no such family with samples so named'
check nothing_half_made test ! -e x.corpus
rm -f x.corpus.parts
expect 2 no_samples_named corpus build x.corpus
expect 2 corpus_and_directory_swapped corpus build families x.corpus
expect 2 other_files_are_not_overwritten corpus build words families
check words_are_kept grep -q 'just words' words
expect 3 no_such_directory corpus build x.corpus none
expect 3 directory_without_programs corpus build x.corpus directory
expect 3 not_a_corpus corpus check words
expect 3 info_of_no_corpus corpus info words
expect 3 search_in_no_corpus search unknown -c words
expect 3 search_in_no_file search unknown -c none
size=$(wc -c <known.corpus)
head -c $((size / 2)) known.corpus >cut.corpus
expect 1 cut_corpus corpus check cut.corpus
{ head -c $((size / 2)) known.corpus; printf X; tail -c +$((size / 2 + 2)) known.corpus; } >bent.corpus
expect 1 bent_corpus corpus check bent.corpus
said bent_corpus_is_said 'damaged at byte'

# An interrupted build leaves no corpus, and is gone on with.
"$inquiry" corpus build -j 1 stopped.corpus families --common libraries >out 2>err &
pid=$!
while [ ! -s stopped.corpus.parts ] && kill -0 $pid 2>/dev/null; do :; done
kill -INT $pid 2>/dev/null
wait $pid
check interrupted_or_whole sh -c 'test ! -e stopped.corpus || "$0" corpus check stopped.corpus' "$inquiry"
expect 0 gone_on_with corpus build stopped.corpus families --common libraries --published beta=2014-04-07
check gone_on_with_gives_the_same cmp known.corpus stopped.corpus

# Search and compare.
expect 0 search search unknown -c known.corpus --json
check unknown_is_alpha python3 -c '
import json
s = json.load(open("out"))["searches"][0]
assert s["sharing"] == "code", s["sharing"]
assert s["families"][0]["label"] == "alpha"
assert s["libraries"][0]["label"] == "common"
c = s["coverage"]
assert c["code"] == sum(v for k, v in c.items() if k != "code")'
expect 0 stranger_is_no_error search stranger -c known.corpus --json
check stranger_shares_nothing python3 -c '
import json
s = json.load(open("out"))["searches"][0]
assert s["sharing"] == "nothing", s["sharing"]
assert s["coverage"]["library"] > 0'
expect 0 search_one_function search unknown -c known.corpus --function 0x401895
expect 2 search_no_function search unknown -c known.corpus --function 0x1
expect 2 search_bad_address search unknown -c known.corpus --function here
expect 2 search_top_nothing search unknown -c known.corpus --top 0
expect 0 compare compare unknown families/alpha/one --json
check compare_finds_pairs python3 -c '
import json
d = json.load(open("out"))
assert d["identical"] >= 9 and d["changed"] >= 3, d
names = {m["b"]["name"] for m in d["matches"]}
assert {"recipe_11", "recipe_15", "recipe_16", "recipe_17"} <= names, names'
expect 0 compare_with_itself compare unknown unknown --json
check itself_is_itself python3 -c '
import json
d = json.load(open("out"))
assert d["similarity"] == 1 and not d["only_a"] and not d["only_b"] and d["changed"] == 0'
expect 0 side_by_side compare unknown families/alpha/one --function 0x401890
expect 0 side_by_side_named compare families/alpha/one families/alpha/two --function recipe_11,recipe_12
expect 2 side_by_side_of_nothing compare unknown stranger --function 0x1
expect 3 compare_with_nothing compare unknown none
said compare_says_which 'none: cannot be opened'
expect 3 compare_with_words compare words unknown
said compare_says_why 'words: not an ELF, PE or Mach-O file'

counted
