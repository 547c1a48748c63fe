// SPDX-License-Identifier: GPL-2.0-or-later
/* node.c - read node_data[] and the zones in it */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/node.h"

#define MAX_NODES	1024	/* CONFIG_NODES_SHIFT is at most 10 */

static unsigned int bits_for(uint64_t values)
{
	unsigned int bits = 0;

	while (1ull << bits < values)
		bits++;
	return bits;
}

static bool read_zone(const struct ofl_target *t, const struct ofl_layout *l,
		      uint64_t kva, struct ofl_zone *z)
{
	uint64_t name_kva;

	z->kva = kva;
	z->present_known = ofl_fact_known(l, OFL_F_ZONE_PRESENT) &&
			   ofl_fact_read_u64(t, l, kva, OFL_F_ZONE_PRESENT,
					     &z->present_pages);
	return ofl_fact_read_u64(t, l, kva, OFL_F_ZONE_START_PFN,
				 &z->start_pfn) &&
	       ofl_fact_read_u64(t, l, kva, OFL_F_ZONE_SPANNED,
				 &z->spanned_pages) &&
	       ofl_fact_read_u64(t, l, kva, OFL_F_ZONE_NAME, &name_kva) &&
	       ofl_read_str(t, name_kva, z->name, sizeof(z->name));
}

bool ofl_zone_has_memory(const struct ofl_layout *l, const struct ofl_zone *z)
{
	if (z->present_known)
		return z->present_pages;
	return z->spanned_pages &&
	       z->type <= ofl_fact_value(l, OFL_F_ZONE_MOVABLE, z->type);
}

static enum ofl_status add_zone(struct ofl_nodes *n, const struct ofl_zone *z,
				struct ofl_err *err)
{
	struct ofl_zone *more;

	more = realloc(n->zone, (n->nr_zones + 1) * sizeof(*more));
	if (!more)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the zones");
	n->zone = more;
	n->zone[n->nr_zones++] = *z;
	n->zone_index[((size_t)z->node << n->zone_bits) + (size_t)z->type] =
		(uint16_t)n->nr_zones;
	return OFL_OK;
}

static enum ofl_status load_node(const struct ofl_target *t,
				 const struct ofl_layout *l, int nid,
				 uint64_t pgdat_kva, struct ofl_nodes *n,
				 struct ofl_err *err)
{
	int types = (int)l->fact[OFL_F_MAX_NR_ZONES].value;
	uint64_t zone_kva = pgdat_kva +
			    ofl_fact_u64(l, OFL_F_PGDAT_ZONES);
	enum ofl_status st = OFL_OK;
	int i;

	for (i = 0; i < types && !st; i++) {
		struct ofl_zone z = { .node = nid, .type = i };

		if (!read_zone(t, l, zone_kva, &z)) {
			n->unreadable++;
			return OFL_OK;
		}
		zone_kva += ofl_fact_u64(l, OFL_F_ZONE_BYTES);
		/* include/linux/mmzone.h: zone_is_empty() */
		if (z.spanned_pages)
			st = add_zone(n, &z, err);
	}
	return st;
}

static enum ofl_status set_up_decoder(const struct ofl_layout *l,
				      uint64_t nodes, struct ofl_nodes *n,
				      struct ofl_err *err)
{
	int64_t types = l->fact[OFL_F_MAX_NR_ZONES].value;

	if (types < 2 || types > OFL_MAX_ZONE_TYPES || nodes < 1 ||
	    nodes > MAX_NODES)
		return ofl_fail(err, OFL_ERR_CORRUPT,
			"impossible number of nodes or zones: %" PRIu64
			" nodes, %" PRId64 " zone types", nodes, types);
	n->zone_bits = bits_for((uint64_t)types);
	n->node_bits = bits_for(nodes);
	n->node_shift = 64 - n->node_bits;
	n->zone_shift = n->node_shift - n->zone_bits;
	n->any_device = ofl_fact_known(l, OFL_F_ZONE_DEVICE);
	n->device_type = (int)ofl_fact_value(l, OFL_F_ZONE_DEVICE, -1);
	n->index_len = (size_t)1 << (n->zone_bits + n->node_bits);
	n->zone_index = calloc(n->index_len, sizeof(*n->zone_index));
	if (!n->zone_index)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the zones");
	return OFL_OK;
}

static enum ofl_status load_numa(const struct ofl_target *t,
				 const struct ofl_layout *l, uint64_t nodes,
				 struct ofl_nodes *n, struct ofl_err *err)
{
	uint64_t node_data = ofl_fact_u64(l, OFL_F_NODE_DATA);
	uint64_t pgdat_kva[MAX_NODES];
	enum ofl_status st = OFL_OK;
	enum ofl_read why;
	uint64_t nid;

	why = ofl_read(t, node_data, pgdat_kva, nodes * 8);
	if (why)
		return ofl_fail(err, OFL_ERR_UNREADABLE,
				"node_data[] at %#" PRIx64 " %s", node_data,
				ofl_read_text(why));
	for (nid = 0; nid < nodes && !st; nid++)
		if (pgdat_kva[nid])
			st = load_node(t, l, (int)nid, pgdat_kva[nid], n, err);
	return st;
}

enum ofl_status ofl_nodes_load(const struct ofl_target *t,
			       const struct ofl_layout *l, struct ofl_nodes *n,
			       struct ofl_err *err)
{
	bool numa = ofl_fact_known(l, OFL_F_NODE_DATA) &&
		    ofl_fact_known(l, OFL_F_MAX_NUMNODES);
	uint64_t nodes = (uint64_t)ofl_fact_value(l, OFL_F_MAX_NUMNODES, 1);
	enum ofl_status st;

	memset(n, 0, sizeof(*n));
	if (!numa && !ofl_fact_known(l, OFL_F_CONTIG_PAGE_DATA))
		return ofl_fail(err, OFL_ERR_NODATA,
			"neither node_data[] nor contig_page_data is known here: start crash with the vmlinux that has debuginfo");
	st = set_up_decoder(l, numa ? nodes : 1, n, err);
	if (st)
		return st;
	if (numa)
		st = load_numa(t, l, nodes, n, err);
	else
		st = load_node(t, l, 0,
			ofl_fact_u64(l, OFL_F_CONTIG_PAGE_DATA), n, err);
	if (!st && !n->nr_zones)
		return ofl_fail(err, OFL_ERR_UNREADABLE,
				"no zone could be read: of %u node%s the dump does not have the pg_data_t",
				n->unreadable, n->unreadable == 1 ? "" : "s");
	return st;
}

void ofl_nodes_free(struct ofl_nodes *n)
{
	free(n->zone);
	free(n->zone_index);
	memset(n, 0, sizeof(*n));
}

bool ofl_nodes_present(const struct ofl_nodes *n, uint64_t *pages)
{
	size_t i;

	*pages = 0;
	for (i = 0; i < n->nr_zones; i++) {
		if (!n->zone[i].present_known)
			return false;
		*pages += n->zone[i].present_pages;
	}
	return !n->unreadable;
}

bool ofl_nodes_have(const struct ofl_nodes *n, int nid)
{
	size_t i;

	for (i = 0; i < n->nr_zones; i++)
		if (n->zone[i].node == nid)
			return true;
	return false;
}
