/*
 * Functions that any compiler makes for any machine without its headers, each
 * unlike the others: what test_kin finds again in other builds of this file.
 */
typedef unsigned char byte;
typedef unsigned short half;
typedef unsigned int word;

struct node {
	struct node *next;
	word key, hits;
	char name[20];
};

struct ring {
	word head, tail, size;
	byte bytes[4096];
};

word kin_checksum(const byte *at, word len)
{
	word a = 1, b = 0;

	while (len--) {
		a = (a + *at++) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}

word kin_crc(word crc, const byte *at, word len)
{
	crc = ~crc;
	for (word i = 0; i < len; i++) {
		crc ^= at[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
	}
	return ~crc;
}

word kin_hash(const char *text)
{
	word h = 2166136261u;

	for (; *text; text++)
		h = (h ^ (byte)*text) * 16777619u;
	return h;
}

struct node *kin_find(struct node *list, word key)
{
	for (; list; list = list->next)
		if (list->key == key) {
			list->hits++;
			return list;
		}
	return 0;
}

int kin_compare(const char *a, const char *b)
{
	for (;; a++, b++) {
		char x = *a >= 'A' && *a <= 'Z' ? *a + 32 : *a, y = *b >= 'A' && *b <= 'Z' ? *b + 32 : *b;

		if (x != y || !x)
			return x - y;
	}
}

int kin_parse(const char *text, int *ret)
{
	int sign = 1, value = 0;

	if (*text == '-') {
		sign = -1;
		text++;
	}
	if (*text < '0' || *text > '9')
		return -22;
	while (*text >= '0' && *text <= '9') {
		if (value > 214748364)
			return -34;
		value = value * 10 + (*text++ - '0');
	}
	*ret = sign * value;
	return *text ? -22 : 0;
}

int kin_push(struct ring *r, byte one)
{
	word next = (r->head + 1) & 4095;

	if (next == r->tail)
		return -1;
	r->bytes[r->head] = one;
	r->head = next;
	r->size++;
	return 0;
}

int kin_pull(struct ring *r)
{
	int one;

	if (r->head == r->tail)
		return -1;
	one = r->bytes[r->tail];
	r->tail = (r->tail + 1) & 4095;
	r->size--;
	return one;
}

void kin_sort(int *at, int count)
{
	for (int i = 1; i < count; i++) {
		int one = at[i], j = i - 1;

		for (; j >= 0 && at[j] > one; j--)
			at[j + 1] = at[j];
		at[j + 1] = one;
	}
}

int kin_search(const int *at, int count, int key)
{
	int low = 0, high = count;

	while (low < high) {
		int middle = low + (high - low) / 2;

		if (at[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && at[low] == key ? low : -1;
}

int kin_utf8(word code, byte *to)
{
	if (code < 0x80) {
		to[0] = code;
		return 1;
	}
	if (code < 0x800) {
		to[0] = 0xc0 | code >> 6;
		to[1] = 0x80 | (code & 0x3f);
		return 2;
	}
	if (code < 0x10000) {
		to[0] = 0xe0 | code >> 12;
		to[1] = 0x80 | (code >> 6 & 0x3f);
		to[2] = 0x80 | (code & 0x3f);
		return 3;
	}
	to[0] = 0xf0 | code >> 18;
	to[1] = 0x80 | (code >> 12 & 0x3f);
	to[2] = 0x80 | (code >> 6 & 0x3f);
	to[3] = 0x80 | (code & 0x3f);
	return 4;
}

void kin_round(word state[4], const word block[16])
{
	word a = state[0], b = state[1], c = state[2], d = state[3];

	for (int i = 0; i < 16; i++) {
		word f = (b & c) | (~b & d), sum = a + f + block[i] + 0xd76aa478u;

		a = d;
		d = c;
		c = b;
		b += sum << 7 | sum >> 25;
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

void kin_tea(word v[2], const word key[4])
{
	word x = v[0], y = v[1], sum = 0;

	do {
		sum += 0x9e3779b9u;
		x += ((y << 4) + key[0]) ^ (y + sum) ^ ((y >> 5) + key[1]);
		y += ((x << 4) + key[2]) ^ (x + sum) ^ ((x >> 5) + key[3]);
	} while (sum != 0xc6ef3720u);
	v[0] = x;
	v[1] = y;
}

int kin_base64(const byte *at, int len, char *to)
{
	int count = 0;

	for (int i = 0; i < len; i += 3) {
		word group = (word)at[i] << 16 | (i + 1 < len ? at[i + 1] << 8 : 0) |
		             (i + 2 < len ? at[i + 2] : 0);

		for (int j = 18; j >= 0; j -= 6) {
			int six = group >> j & 63;

			to[count++] = six < 26    ? 'A' + six
			              : six < 52  ? 'a' + six - 26
			              : six < 62  ? '0' + six - 52
			              : six == 62 ? '+'
			                          : '/';
		}
	}
	return count;
}

word kin_days(int year, int month, int day)
{
	year -= month <= 2;
	return 365 * year + year / 4 - year / 100 + year / 400 +
	       (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day;
}

int kin_switch(int kind, int value)
{
	if (kind == 3)
		return value * 7;
	if (kind == 11)
		return value - 1000;
	if (kind == 19)
		return value ^ 0x55aa;
	if (kind > 100)
		return value / 3;
	return -77;
}

void kin_blend(half *to, const half *from, int count, int alpha)
{
	for (int i = 0; i < count; i++) {
		word x = to[i], y = from[i];

		to[i] = (half)((x * (256 - alpha) + y * alpha) >> 8);
	}
}

int kin_bits(word x)
{
	x -= x >> 1 & 0x55555555;
	x = (x & 0x33333333) + (x >> 2 & 0x33333333);
	return (x + (x >> 4) & 0x0f0f0f0f) * 0x01010101 >> 24;
}
