/* Names and numbers that several reports show. */
#ifndef REPORT_LABEL_H
#define REPORT_LABEL_H

#include <inquiry/finding.h>
#include <inquiry/json.h>
#include <inquiry/match.h>

const char *label_name(const struct inq_corpus *c, uint32_t label);
const char *sample_name(const struct inq_corpus *c, uint32_t sample);
/* YYYY-MM-DD; "" where the day is not known. */
const char *day_text(uint32_t day, char ret[16]);
const char *how_name(enum inq_match_how how);
/* "ELF x86-64 executable"; `ret` has room for 96 bytes. */
const char *program_kind(const struct inq_program *p, char *ret);
/* "98.1 %"; thousandths. */
const char *milli_text(uint32_t thousandths, char ret[16]);
/* "1 function", "2 functions" with a comma every thousand; `ret` has room for 64 bytes. */
const char *count_text(uint64_t count, const char *one, const char *many, char *ret);
void sha256_json(struct inq_json *j, const char *key, const struct inq_sha256 *sum);
/* How often it errs, as members of the object open in `j`: right, wrong, cllr, ..., words, bins. */
void rates_json(const struct inq_measure *m, struct inq_json *j);

#endif
