#include "serve/plans.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

/* All that can be read of rows lies within them. */
static uint64_t use(struct inq_bytes b)
{
	struct rows r;
	uint64_t sum = 0;

	if (!rows_open(b, &r))
		return 0;
	for (unsigned t = 0; t < ROWS_TABLES; t++) {
		uint64_t count = rows_count(&r, t), found = 0;

		for (uint64_t from = 0; from < 2000 && rows_search(&r, t, inq_bytes_of("a"), from, &found);
		        from = found + 1)
			if (found < from || found >= count)
				abort();

		for (uint64_t i = 0; i < count && i < 2000; i++) {
			uint64_t row = rows_order(&r, t, (unsigned)(i % ROWS_ORDERS), i);

			for (unsigned c = 0; c < ROWS_COLUMNS; c++) {
				struct inq_bytes cell = rows_cell(&r, t, row, c), line;

				if (cell.len && (cell.at < b.at || cell.at + cell.len > b.at + b.len))
					abort();
				sum += rows_number(&r, t, row, c) + rows_contain(cell, inq_bytes_of("a"));
				while (rows_line(&cell, &line))
					sum += line.len;
			}
		}
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	static const struct rows_plan *const plans[] = { &plan_log, &plan_entry, &plan_examination,
		&plan_search, &plan_attribution, &plan_alignment, &plan_verification };
	struct inq_bytes b = { at, len };
	volatile uint64_t sum = use(b);

	for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
		struct inq_arena *a = inq_arena_open(64 << 20);
		struct inq_memory_sink memory = { .arena = a };
		struct inq_sink out;
		struct inq_error err;

		if (!a)
			break;
		inq_sink_init(&out, inq_memory_sink_write, &memory);
		if (rows_write(plans[i], b, a, &out, &err) == INQ_OK && inq_sink_flush(&out)) {
			struct inq_bytes made = { (const uint8_t *)memory.at, memory.len };
			struct rows r;

			if (!rows_open(made, &r) || r.tables != plans[i]->table_count)
				abort();
			sum += use(made);
		}
		inq_arena_close(a);
	}
	return sum == UINT64_MAX;
}
