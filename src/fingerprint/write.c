#include "fingerprint/encoded.h"
#include "fingerprint/private.h"
#include "fingerprint/varint.h"
#include <string.h>

static void put_number(struct inq_sink *out, uint64_t value)
{
	uint8_t at[INQ_VARINT_MOST];

	inq_put_bytes(out, (struct inq_bytes){ at, inq_varint_put(at, value) });
}

static void put_name(struct inq_sink *out, const char *name)
{
	size_t len = name ? strnlen(name, INQ_FINGERPRINT_NAME_MOST) : 0;

	put_number(out, len);
	inq_put_bytes(out, (struct inq_bytes){ (const uint8_t *)name, len });
}

size_t inq_features_encode(const struct inq_feature *features, uint32_t count, uint8_t *ret)
{
	uint32_t before = 0;
	size_t len = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint64_t step = features[i].key - before;

		len += inq_varint_put(ret + len, step << 1 | (features[i].count > 1));
		if (features[i].count > 1)
			ret[len++] = (uint8_t)features[i].count;
		before = features[i].key;
	}
	return len;
}

static void put_function(struct inq_sink *out, const struct inq_program *p, const struct inq_fingerprint *f,
        uint64_t before_va)
{
	uint8_t features[INQ_FINGERPRINT_FEATURES_MOST * INQ_FEATURE_ENCODED_MOST];
	uint32_t before = 0;
	size_t len;

	put_number(out, f->va - before_va);
	inq_put_le(out, f->exact[0], 8);
	inq_put_le(out, f->exact[1], 8);
	put_number(out, f->size);
	put_number(out, f->block_count);
	put_number(out, f->insn_count);
	inq_put_le(out, f->flags, 1);
	put_name(out, f->name);
	put_number(out, f->callee_count);
	for (uint32_t i = 0; i < f->callee_count; i++) {
		uint32_t callee = p->callees[f->callee_first + i];

		put_number(out, callee - before);
		before = callee;
	}
	len = inq_features_encode(p->features + f->feature_first, f->feature_count, features);
	put_number(out, f->feature_count);
	put_number(out, len);
	inq_put_bytes(out, (struct inq_bytes){ features, len });
	inq_put_bytes(out,
	        (struct inq_bytes){ (const uint8_t *)p->vectors[f - p->functions].at, INQ_VECTOR_LENGTH });
}

void inq_program_write(const struct inq_program *p, struct inq_sink *out)
{
	uint64_t before = 0;

	inq_put_bytes(out, (struct inq_bytes){ (const uint8_t *)INQ_PROGRAM_MAGIC, 8 });
	inq_put_le(out, INQ_FEATURES_VERSION, 4);
	inq_put_bytes(
	        out, (struct inq_bytes){ inq_model_digest(inq_model())->byte, sizeof(struct inq_sha256) });
	inq_put_bytes(out, (struct inq_bytes){ p->sha256.byte, sizeof p->sha256.byte });
	inq_put_le(out, p->format, 1);
	inq_put_le(out, p->arch, 1);
	inq_put_le(out, p->bits, 1);
	inq_put_le(out, p->kind, 1);
	inq_put_le(out, p->big_endian, 1);
	put_number(out, p->flags);
	put_number(out, p->file_bytes);
	put_number(out, p->code_bytes);
	put_number(out, p->function_bytes);
	put_number(out, p->padding_bytes);
	put_number(out, p->unresolved_jumps);
	put_name(out, p->name);
	put_number(out, p->function_count);
	put_number(out, p->feature_count);
	put_number(out, p->callee_count);
	for (uint32_t i = 0; i < p->function_count; i++) {
		put_function(out, p, &p->functions[i], before);
		before = p->functions[i].va;
	}
}
