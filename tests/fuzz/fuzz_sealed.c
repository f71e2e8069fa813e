#include <inquiry/sealed.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

/* Sealed exhibits: what is read is in bounds and fits the entry that says the same; what opens is the exhibit. */
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	static const uint8_t key[INQ_BOX_KEY] = { 0 };
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct inq_bytes recipients[INQ_SEALED_TO_MOST], opened;
	struct inq_subject subject;
	struct inq_entry e = { .recipients = recipients, .subjects = &subject, .subject_count = 1 };
	struct inq_sha256 digest;
	struct inq_sealed s;
	struct inq_error err;

	if (!a)
		return 0;
	if (inq_sealed_read((struct inq_bytes){ at, len }, a, &s, &err) == INQ_OK) {
		if (s.head.at != at || s.stream.at != at + s.head.len || s.head.len + s.stream.len != len ||
		        inq_sealed_length(s.head.len, s.size) != len || s.to_count == 0)
			abort();
		e.case_id = s.case_id;
		e.party = s.party;
		e.size = s.size;
		subject.digest = s.digest;
		for (size_t i = 1; i < s.to_count; i++)
			recipients[e.recipient_count++] = s.to[i].party;
		if (inq_sealed_fits(&s, &e, &err) != INQ_OK)
			abort();
		e.size++;
		if (inq_sealed_fits(&s, &e, &err) == INQ_OK)
			abort();
		if (inq_sealed_open(&s, key, a, &opened, &err) == INQ_OK &&
		        (opened.len != s.size || inq_sha256(opened, &digest) != INQ_OK ||
		                !inq_sha256_equal(&digest, &s.digest)))
			abort();
	}
	inq_arena_close(a);
	return 0;
}
