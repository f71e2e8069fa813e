#include <inquiry/corpus.h>
#include <inquiry/integer.h>

uint32_t inq_feature_weight(uint32_t key, uint32_t count, uint32_t functions, uint32_t having)
{
	uint32_t rarity, weight;

	if (!having)
		having = 1;
	if (!count || functions <= having)
		return 0;
	rarity = inq_log2(functions, 4) - inq_log2(having, 4);
	weight = rarity * inq_channel_weight[inq_feature_channel(key)] / 16;
	weight = weight * (16 + inq_log2(count, 4)) / 16;
	return weight < UINT16_MAX ? weight : UINT16_MAX;
}
