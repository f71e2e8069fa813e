/* The sections, which page/report.c puts in order, and the pictures in them. */
#ifndef PAGE_SECTION_H
#define PAGE_SECTION_H

#include "page/private.h"

void put_conclusion(const struct inq_page *p, struct inq_html *h);
void put_hypotheses(const struct inq_page *p, struct inq_html *h);
void put_evidence(const struct inq_page *p, struct inq_html *h);
void put_families(const struct inq_page *p, struct inq_html *h);
void put_functions(const struct inq_page *p, struct inq_html *h);
void put_timeline(const struct inq_page *p, struct inq_html *h);
void put_indicators(const struct inq_page *p, struct inq_html *h);
void put_observations(const struct inq_page *p, struct inq_html *h);
void put_method(const struct inq_page *p, struct inq_html *h);
void put_record(const struct inq_page *p, struct inq_html *h);
void put_rejoinder(const struct inq_page *p, struct inq_html *h);
void put_provenance(const struct inq_page *p, struct inq_html *h);

/* Of what a conclusion is: the names of its exhibits. */
void subject_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d);

/* A heading with the exhibits and the entry of a conclusion, of which there may be several. */
void which_put(struct inq_html *h, const struct inq_page *p, const struct inq_page_document *d);

/* A ratio on a line from 1/10,000 to 10,000, with its bounds; what is beyond ends in an arrow. */
void svg_ratio(struct inq_html *h, const struct ratio *r);

/* Shares of a whole, side by side, with a pattern each: colour is never all that tells them apart. */
struct svg_part {
	const char *name;
	uint64_t amount;
	const char *class_name;
};
void svg_bar(struct inq_html *h, const char *title, const struct svg_part *parts, size_t count);

/* A row of cells, each of a class 0 (nothing) to 5 (the same code), or 9 (library code). */
void svg_strip(struct inq_html *h, const char *title, const uint8_t *cells, size_t count);

#endif
