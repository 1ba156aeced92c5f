/* measure.c - measures how fast the GPUs of a host copy, and prints it. */
#include "bench/doctor/measure.h"

#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "harness/text/json_text.h"

#include <math.h>

/* Pinned copies below this share of the link's rate are reported as slow. The protocol takes a part
 * of the rate, so even a healthy host reaches only 0.9. */
static const double slow_share = 0.6;

static bool is_slow(const struct link_rates *r, const struct link_pcie *pcie)
{
    const double carries = link_pcie_bytes(pcie->generation, pcie->width);
    return fmin(r->in_pinned, r->out_pinned) < slow_share * carries;
}

static void add_wrong(struct doctor_sheet *sheet, const struct gpu_copies *c)
{
    for (int i = 0; i < c->count * c->count; i++)
        if (c->is_wrong[i])
            doctor_add(sheet, "copies between GPUs", DOCTOR_FAIL,
                       "programs that use several GPUs compute nonsense here: switch off ACS and "
                       "the IOMMU in the BIOS, or set NCCL_P2P_DISABLE=1 for them",
                       "from GPU %d to %d something else arrives", i / c->count, i % c->count);
}

void measure_judge(struct doctor_sheet *sheet, const struct gpu_copies *c)
{
    for (int i = 0; i < c->count; i++) {
        char what[32], text[256];
        snprintf(what, sizeof what, "copies of GPU %d", i);
        if (c->trouble[i][0]) {
            doctor_add(sheet, what, DOCTOR_WARN, c->trouble[i], "not measured");
            continue;
        }
        if (isnan(c->host[i].in_pinned)) /* one memory; another line says so */
            continue;
        link_words(&c->host[i], &c->pcie[i], text, sizeof text);
        const bool slow = is_slow(&c->host[i], &c->pcie[i]);
        doctor_add(sheet, what, slow ? DOCTOR_WARN : DOCTOR_OK,
                   slow ? "less than 60 % of what the link can carry: look at NUMA, the IOMMU, and "
                          "what else uses the host's memory"
                        : "",
                   "%s", text);
    }
    add_wrong(sheet, c);
}

void measure_copies(struct doctor_sheet *sheet, struct gpu_copies *c)
{
    struct failure why;
    if (gpu_copies_measure(c, &why) == STATUS_OK)
        measure_judge(sheet, c); /* without a driver the sheet says so already */
}

void measure_print(FILE *to, const struct gpu_copies *c)
{
    struct grid g = {.columns = (size_t)c->count + 1, .left = 1};
    bool is_staged = false;
    if (c->count < 2 || c->count >= GRID_COLUMNS_MAX)
        return;
    grid_add(&g, "from");
    for (int to_gpu = 0; to_gpu < c->count; to_gpu++)
        grid_addf(&g, "to %d", to_gpu);
    for (int i = 0; i < c->count * c->count; i++) {
        if (i % c->count == 0)
            grid_addf(&g, "GPU %d", i / c->count);
        if (i % c->count == i / c->count)
            grid_add(&g, "-");
        else if (c->is_wrong[i])
            grid_add(&g, "WRONG");
        else if (isnan(c->between[i]))
            grid_add(&g, "?");
        else
            grid_addf(&g, "%s%.3g", c->is_direct[i] ? "" : "*", c->between[i] / 1e9);
        is_staged =
            is_staged || (i % c->count != i / c->count && !c->is_direct[i] && c->between[i] > 0);
    }
    lines_printf(to, "copies between GPUs, GB/s");
    grid_text(to, &g);
    if (is_staged)
        lines_printf(to, "  * no peer access: through the host's memory");
    grid_free(&g);
}

json_t *measure_to_json(const struct gpu_copies *c)
{
    json_t *host = json_array(), *between = json_array(), *access = json_array();
    for (int i = 0; i < c->count; i++) {
        json_t *rates = json_array(), *direct = json_array();
        json_array_append_new(host, link_to_json(&c->host[i]));
        for (int k = i * c->count; k < (i + 1) * c->count; k++) {
            json_array_append_new(rates, json_number(c->between[k]));
            json_array_append_new(direct, json_boolean(c->is_direct[k]));
        }
        json_array_append_new(between, rates);
        json_array_append_new(access, direct);
    }
    return json_pack("{s:o, s:o, s:o}", "host", host, "between", between, "peer_access", access);
}
