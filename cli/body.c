#include "base/utf8.h"
#include "cli/cli.h"

/* The length of the colour sequence (ESC [ digits and semicolons m) that `b` begins with; 0: none. */
static size_t colour_length(struct inq_bytes b)
{
	size_t at = 2;

	if (b.len < 3 || b.at[0] != 0x1b || b.at[1] != '[')
		return 0;
	while (at < b.len && at < 16 && ((b.at[at] >= '0' && b.at[at] <= '9') || b.at[at] == ';'))
		at++;
	return at < b.len && b.at[at] == 'm' ? at + 1 : 0;
}

static bool is_plain(uint8_t byte)
{
	return (byte >= 0x20 && byte < 0x7f) || byte == '\n' || byte == '\t';
}

bool cli_body_is_text(struct inq_bytes body, bool colour)
{
	uint32_t point;
	size_t len;

	for (size_t at = 0; at < body.len; at += len) {
		struct inq_bytes rest = { body.at + at, body.len - at };

		len = 1;
		if (is_plain(*rest.at))
			continue;
		/* The ends of lines in CSV. */
		if (inq_bytes_begin(rest, "\r\n", 2)) {
			len = 2;
			continue;
		}
		if (*rest.at == 0x1b) {
			len = colour ? colour_length(rest) : 0;
		} else {
			len = inq_utf8(rest, &point);
			if (len == 1 || (len && point < 0xa0))
				len = 0;
		}
		if (!len)
			return false;
	}
	return true;
}

/*
 * RFC 8259 without recursion: a bit per open bracket says which kind it is,
 * and `want` says what may come next.
 */
enum want { VALUE, VALUE_OR_END, KEY, KEY_OR_END, COLON, COMMA_OR_END };

struct reader {
	struct inq_bytes b;
	size_t at;
	uint64_t is_object;
	unsigned depth;
	enum want want;
};

static bool digit(const struct reader *r)
{
	return r->at < r->b.len && r->b.at[r->at] >= '0' && r->b.at[r->at] <= '9';
}

static bool one_of(struct reader *r, char a, char b)
{
	if (r->at >= r->b.len || (r->b.at[r->at] != a && r->b.at[r->at] != b))
		return false;
	r->at++;
	return true;
}

static bool digits(struct reader *r)
{
	if (!digit(r))
		return false;
	while (digit(r))
		r->at++;
	return true;
}

static bool number(struct reader *r)
{
	one_of(r, '-', '-');
	if (!one_of(r, '0', '0') && !digits(r))
		return false;
	if (one_of(r, '.', '.') && !digits(r))
		return false;
	if (one_of(r, 'e', 'E')) {
		one_of(r, '+', '-');
		return digits(r);
	}
	return true;
}

static bool escape(struct reader *r)
{
	static const char plain[] = "\"\\/bfnrt";
	uint8_t byte;

	if (!inq_bytes_u8(r->b, r->at++, &byte))
		return false;
	if (byte == 'u') {
		for (int i = 0; i < 4; i++) {
			if (!inq_bytes_u8(r->b, r->at++, &byte) ||
			        !((byte >= '0' && byte <= '9') ||
			                ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f')))
				return false;
		}
		return true;
	}
	for (size_t i = 0; i + 1 < sizeof plain; i++)
		if (byte == (uint8_t)plain[i])
			return true;
	return false;
}

static bool string(struct reader *r)
{
	uint32_t point;
	unsigned len;
	uint8_t byte;

	for (r->at++; inq_bytes_u8(r->b, r->at, &byte);) {
		if (byte == '"') {
			r->at++;
			return true;
		}
		if (byte == '\\') {
			r->at++;
			if (!escape(r))
				return false;
			continue;
		}
		if (byte < 0x20 || byte == 0x7f)
			return false;
		len = byte < 0x80 ? 1
		                  : inq_utf8((struct inq_bytes){ r->b.at + r->at, r->b.len - r->at }, &point);
		if (!len)
			return false;
		r->at += len;
	}
	return false;
}

static bool word(struct reader *r, const char *text)
{
	struct inq_bytes literal = inq_bytes_of(text);

	if (!inq_bytes_begin(inq_bytes_from(r->b, r->at), literal.at, literal.len))
		return false;
	r->at += literal.len;
	return true;
}

static bool open(struct reader *r, bool object)
{
	if (r->depth == 64)
		return false;
	r->is_object = r->is_object << 1 | object;
	r->depth++;
	r->at++;
	r->want = object ? KEY_OR_END : VALUE_OR_END;
	return true;
}

static bool close(struct reader *r, bool object)
{
	if (!r->depth || (r->is_object & 1) != object)
		return false;
	r->is_object >>= 1;
	r->depth--;
	r->at++;
	r->want = COMMA_OR_END;
	return true;
}

static bool value(struct reader *r, uint8_t byte)
{
	r->want = COMMA_OR_END;
	switch (byte) {
	case '{':
		return open(r, true);
	case '[':
		return open(r, false);
	case '"':
		return string(r);
	case 't':
		return word(r, "true");
	case 'f':
		return word(r, "false");
	case 'n':
		return word(r, "null");
	default:
		return number(r);
	}
}

static bool step(struct reader *r, uint8_t byte)
{
	switch (r->want) {
	case VALUE_OR_END:
		if (byte == ']')
			return close(r, false);
		return value(r, byte);
	case VALUE:
		return value(r, byte);
	case KEY_OR_END:
		if (byte == '}')
			return close(r, true);
		/* fall through */
	case KEY:
		r->want = COLON;
		return byte == '"' && string(r);
	case COLON:
		r->want = VALUE;
		r->at++;
		return byte == ':';
	case COMMA_OR_END:
		break;
	}
	if (byte == '}' || byte == ']')
		return close(r, byte == '}');
	/* At the top a row of values, as --jsonl has it, has lines instead of commas. */
	if (r->depth == 0 && byte != ',')
		return r->b.at[r->at - 1] == '\n' && value(r, byte);
	r->want = r->depth && r->is_object & 1 ? KEY : VALUE;
	r->at++;
	return byte == ',';
}

bool cli_body_is_json(struct inq_bytes body)
{
	struct reader r = { .b = body, .want = VALUE };
	uint8_t byte;

	while (inq_bytes_u8(body, r.at, &byte)) {
		if (byte == ' ' || byte == '\n' || byte == '\t')
			r.at++;
		else if (!step(&r, byte))
			return false;
	}
	return r.depth == 0 && r.want == COMMA_OR_END;
}
