/*
 * The trained model: what turns the features of a function into a vector, so
 * that the same source function comes out near in another build, and weighs
 * what two functions have in common. Trained by `inquiry-train`
 * (model/README.md says on what, how, and with what figures) and built into
 * the program; formats/model.md describes the file.
 *
 * Inference is in integers: the same features give the same vector on every
 * machine, whatever instructions it has. The model is not changed once read
 * and may be shared between threads.
 */
#ifndef INQUIRY_MODEL_H
#define INQUIRY_MODEL_H

#include <inquiry/arena.h>
#include <inquiry/hash.h>

/* A feature of a function and how often it occurs there: 1 to 255, where 255 stands for all above. */
struct inq_feature {
	uint32_t key;
	uint32_t count;
};

/*
 * What a function does, as a direction: two are as alike as the cosine of the
 * angle between them. Its length is INQ_VECTOR_NORM, but for rounding and for
 * components beyond 127, which are cut to that. All zeroes where nothing is
 * known of the function.
 */
enum { INQ_VECTOR_LENGTH = 128, INQ_VECTOR_NORM = 448 };
struct inq_vector {
	int8_t at[INQ_VECTOR_LENGTH];
};

struct inq_model;

/* The model built into the program. Always there. */
const struct inq_model *inq_model(void);

/*
 * Reads the model file `b`, which must outlive it, and proves all of it: its
 * digest, the order of its keys, that every number is within the bounds that
 * inference relies on. The model lives in `a`.
 *
 * INQ_CORRUPT       anything that inquiry-train does not write; `err->at` is where
 * INQ_UNRECOGNISED  no model, or one of another format or features version
 * INQ_NO_MEMORY     the arena's limit
 */
INQ_MUST enum inq_status inq_model_read(
        struct inq_bytes b, struct inq_arena *a, const struct inq_model **ret, struct inq_error *err);

/* The SHA-256 of the model's file but for its last 32 bytes, which state it: its name. */
const struct inq_sha256 *inq_model_digest(const struct inq_model *m);

/*
 * How the model came about, in lines of text: seed, figures, and every project
 * whose programs training or tuning saw. Not NUL-terminated.
 */
struct inq_bytes inq_model_note(const struct inq_model *m);

/* The vector of a function with these features, ascending by key. What a function is surrounded by counts for nothing. */
void inq_model_vector(
        const struct inq_model *m, const struct inq_feature *features, size_t count, struct inq_vector *ret);

/*
 * What one occurrence of each feature tells, in sixteenths of a bit: how rare
 * it was among the source functions that the model was trained on, each
 * counted once. Ascending by key. At most INQ_RARITY_MOST, which is what a
 * feature gets that was not seen in two projects.
 */
enum { INQ_RARITY_MOST = 255 };
void inq_model_rarity(
        const struct inq_model *m, const struct inq_feature *features, size_t count, uint8_t *ret);

/* The table of the pair scorer, for the match layer alone to read and to prove. */
struct inq_bytes inq_model_likeness(const struct inq_model *m);

/* The product of two vectors, which INQ_VECTOR_NORM squared makes a cosine. Fits 32 bits with room. */
int32_t inq_vector_dot(const struct inq_vector *a, const struct inq_vector *b);

#endif
