/* blind offer, blind answer: both commit to what they hold before anything is exchanged. */
#include "cli/blind.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct cli_option offer_options[] = {
	{ CLI_WITH, "with", 'w', "PARTY", false, "the party to compare with" },
	{ CLI_INDICATORS, "indicators", 'i', "FILE", true,
	        "elements: lines of a kind (sha256, domain, url, email, ipv6, mutex, string) and a value" },
	{ CLI_KINDS_OPTION, "kinds", 0, "LIST", false,
	        "compare these kinds alone, with commas; also function, band and ipv4" },
	{ CLI_LIMIT, "limit", 0, "N", false, "most elements that either side may have; default 65536" },
	{ CLI_IPV4, "ipv4", 0, NULL, false, "IPv4 addresses, too, although the other could try them all" },
	{ CLI_CORPUS, "corpus", 'c', "CORPUS", false, "leave out functions that CORPUS marks as common" },
	{ CLI_MESSAGE, "message", 'm', "FILE", false, "where the message goes; default: a name of its own" },
	{ .name = NULL },
};

static const struct cli_option answer_options[] = {
	{ CLI_INDICATORS, "indicators", 'i', "FILE", true,
	        "elements: lines of a kind (sha256, domain, url, email, ipv6, mutex, string) and a value" },
	{ CLI_IPV4, "ipv4", 0, NULL, false, "IPv4 addresses, too, although the other could try them all" },
	{ CLI_CORPUS, "corpus", 'c', "CORPUS", false, "leave out functions that CORPUS marks as common" },
	{ CLI_MESSAGE, "message", 'm', "FILE", false, "where the message goes; default: a name of its own" },
	{ .name = NULL },
};

/* "sha256,domain" */
static bool kinds_read(struct cli *cli, uint32_t *ret)
{
	const char *list = cli->value[CLI_KINDS_OPTION];
	uint32_t kinds = 0;

	while (*list) {
		size_t len = strcspn(list, ",");
		enum inq_blind_kind kind;

		if (!inq_blind_kind_read((struct inq_bytes){ (const uint8_t *)list, len }, &kind)) {
			cli_error(cli, CLI_USAGE,
			        "%.*s is no kind of element: see inquiry blind offer --help", (int)len, list);
			return false;
		}
		kinds |= 1U << kind;
		list += len + (list[len] == ',');
	}
	*ret = kinds;
	return true;
}

static bool allowed_kinds(struct cli *cli, uint32_t *ret)
{
	*ret = (1U << INQ_BLIND_KINDS) - 1;
	if (cli->set[CLI_KINDS_OPTION] && !kinds_read(cli, ret))
		return false;
	if (!cli->set[CLI_IPV4] && cli->set[CLI_KINDS_OPTION] && *ret >> INQ_BLIND_IPV4 & 1) {
		cli_error(cli, CLI_USAGE,
		        "ipv4: there are so few addresses that the other party could try them "
		        "all; --ipv4 compares them all the same");
		return false;
	}
	if (!cli->set[CLI_IPV4])
		*ret &= ~(1U << INQ_BLIND_IPV4);
	return true;
}

static bool has_elements(struct cli *cli, size_t first)
{
	if (cli->set[CLI_INDICATORS] || cli->operand_count > first)
		return true;
	cli_error(cli, CLI_USAGE, "nothing to compare: name programs, or --indicators FILE");
	return false;
}

/* Masks and commits, and enters the commitment. `of` is the offer. */
static bool commit(struct cli_blind *b, struct inq_blind_start *start, const struct cli_elements *elements,
        const struct inq_sha256 *of)
{
	struct inq_error err = { 0, "" };
	struct inq_entry e;
	enum inq_status status;

	randombytes_buf(start->seed, sizeof start->seed);
	status = inq_blind_commit(start, &elements->set, &b->signer.writer.asker, b->cli->arena, &b->s, &err);
	sodium_memzero(start->seed, sizeof start->seed);
	if (status == INQ_OK)
		status = inq_blind_commitment_entry(&b->s, of, b->cli->arena, &e, &err);
	if (status == INQ_OK)
		status = inq_case_begin(b->c, &b->signer.writer, &err);
	if (status != INQ_OK)
		return cli_blind_fail(b, NULL, status, &err);
	if (!cli_blind_enter(b, &e, &b->s.commitment)) {
		inq_case_rollback(b->c);
		return false;
	}
	b->file = cli_blind_file(b->cli, &b->s.id);
	/* Without its session a commitment is worth nothing: the file is there before the entry is. */
	if (!b->file || !cli_blind_keep(b)) {
		inq_case_rollback(b->c);
		return false;
	}
	status = inq_case_commit(b->c, &err);
	if (status == INQ_OK)
		return true;
	(void)remove(b->file);
	return cli_blind_fail(b, NULL, status, &err);
}

static void left_out(struct cli *cli, const struct cli_elements *e)
{
	if (e->left_out)
		cli_note(cli, "%s left out: of kinds that are not compared, or common functions",
		        cli_count(cli, e->left_out, "element was", "elements were"));
}

static int offer(struct cli *cli)
{
	struct cli_elements elements = { .kinds = 0 };
	struct inq_blind_start start = { .offers = true, .limit = INQ_BLIND_LIMIT };
	struct cli_blind *b = inq_arena_new(cli->arena, 1, sizeof *b);
	uint32_t allowed;

	if (!cli->set[CLI_WITH]) {
		cli_error(cli, CLI_USAGE, "a comparison is with somebody: --with PARTY");
		return CLI_USAGE;
	}
	if (cli->set[CLI_LIMIT] &&
	        (!cli_number(cli->value[CLI_LIMIT], &start.limit) || start.limit < INQ_BLIND_LEAST ||
	                start.limit > INQ_BLIND_LIMIT_MOST)) {
		cli_error(cli, CLI_USAGE, "--limit is a number from %d to %d", INQ_BLIND_LEAST,
		        INQ_BLIND_LIMIT_MOST);
		return CLI_USAGE;
	}
	if (!b || !has_elements(cli, 1) || !allowed_kinds(cli, &allowed) || !cli_blind_open(cli, b))
		return cli->exit;
	if (strcmp(cli->value[CLI_WITH], inq_case_party(b->c)) == 0) {
		cli_error(cli, CLI_USAGE, "a party does not compare with itself");
	} else if (cli_elements(cli, 1, allowed, &elements)) {
		left_out(cli, &elements);
		randombytes_buf(start.id.byte, sizeof start.id.byte);
		start.case_id = inq_bytes_of(inq_case_id(b->c));
		start.me = inq_bytes_of(inq_case_party(b->c));
		start.peer = inq_bytes_of(cli->value[CLI_WITH]);
		start.kinds = elements.kinds;
		start.excluded = elements.excluded;
		if (commit(b, &start, &elements, NULL) && cli_blind_send(b) && cli_blind_keep(b))
			cli_blind_tell(b);
	}
	cli_blind_close(b);
	return cli->exit;
}

static bool answer_to(struct cli_blind *b, const struct inq_blind_message *m)
{
	struct cli *cli = b->cli;
	struct cli_elements elements = { .kinds = 0 };
	struct inq_blind_start start = { .offers = false };
	struct inq_error err = { 0, "" };
	struct inq_entry entry;
	enum inq_status status;

	if (m->step != INQ_BLIND_OFFERED || m->body.len || m->after.here) {
		cli_error(cli, CLI_USAGE, "%s: is no offer: inquiry blind open takes it", cli->operands[1]);
		return false;
	}
	if (inq_file_exists(cli_blind_file(cli, &m->session))) {
		cli_error(cli, CLI_USAGE, "%s: the offer was answered before", cli->operands[1]);
		return false;
	}
	if (!cli_blind_commitment(b, m, &entry))
		return false;
	status = inq_blind_terms(&entry, inq_bytes_of(inq_case_party(b->c)), &start.kinds, &err);
	if (status == INQ_OK && !inq_sha256_equal(&entry.session, &m->session))
		status = inq_fail(&err, INQ_BAD_ARGUMENT, 0, "the offer is of another session");
	if (status == INQ_OK && start.kinds >> INQ_BLIND_IPV4 & 1 && !cli->set[CLI_IPV4])
		status = inq_fail(&err, INQ_BAD_ARGUMENT, 0,
		        "the offer is about IPv4 addresses, which the other party could try all: --ipv4 "
		        "agrees");
	if (status != INQ_OK)
		return cli_blind_fail(b, cli->operands[1], status, &err);
	if (!cli_elements(cli, 2, start.kinds, &elements))
		return false;
	left_out(cli, &elements);
	start.case_id = inq_bytes_of(inq_case_id(b->c));
	start.me = inq_bytes_of(inq_case_party(b->c));
	start.peer = m->from;
	start.id = m->session;
	start.limit = entry.limit;
	start.excluded = elements.excluded;
	if (!commit(b, &start, &elements, &entry.digest))
		return false;
	inq_blind_sent(&b->s, INQ_BLIND_OFFERED, &m->digest);
	status = inq_blind_peer(&b->s, &entry, &err);
	return status == INQ_OK || cli_blind_fail(b, cli->operands[1], status, &err);
}

static int answer(struct cli *cli)
{
	struct cli_blind *b = inq_arena_new(cli->arena, 1, sizeof *b);
	struct inq_blind_message m;

	if (!b || !has_elements(cli, 2) || !cli_blind_open(cli, b))
		return cli->exit;
	if (cli_blind_message(b, &m) && answer_to(b, &m) && cli_blind_send(b) && cli_blind_keep(b))
		cli_blind_tell(b);
	cli_blind_close(b);
	return cli->exit;
}

const struct cli_command cli_blind_offer = {
	.name = "blind offer",
	.operands = "CASE [PROGRAM]...",
	.summary = "offer another party to find out what both hold",
	.about = "Commits to a set of elements that stay secret: indicators, one a line, and the digests and "
	         "functions of PROGRAMs. The message that it writes goes to the other party by any way. Both "
	         "learn "
	         "what both hold, and of the rest how many there are at most. formats/blind.md says what "
	         "leaks.",
	.examples = { "inquiry blind offer harbour.case --with bob -i ours.txt -k alma.key",
	        "indicators: lines such as \"domain evil.example\"",
	        "inquiry blind offer our.case -w bob implant.bin -c lib.corpus -k alma.key",
	        "its functions, but for the library code of a corpus",
	        "inquiry blind offer our.case -w bob -i our.txt --kinds sha256,email -k a.key",
	        "these kinds alone" },
	.options = offer_options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY | CLI_TAKES_CHILDREN | CLI_TAKES_JOBS,
	.operands_least = 1,
	.operands_most = SIZE_MAX,
	.run = offer,
};

const struct cli_command cli_blind_answer = {
	.name = "blind answer",
	.operands = "CASE MESSAGE [PROGRAM]...",
	.summary = "answer an offer to compare",
	.about = "Takes in and countersigns the other party's log with its offer, commits to the own "
	         "elements of the kinds that it names, and writes the message that goes back.",
	.examples = { "inquiry blind answer our.case 1f2e3d4c-1-to-bob.message -i our.txt -k bob.key",
	        "with indicators, one a line",
	        "inquiry blind answer our.case 1f2e3d4c-1-to-bob.message samples/* -k bob.key",
	        "with the functions of programs",
	        "inquiry blind answer harbour.case offer -i ours.txt -m answer -k bob.key",
	        "the message has this name" },
	.options = answer_options,
	.common = CLI_TAKES_OUTPUT | CLI_TAKES_KEY | CLI_TAKES_CHILDREN | CLI_TAKES_JOBS,
	.operands_least = 2,
	.operands_most = SIZE_MAX,
	.run = answer,
};
