/* What it costs two threads to update weights that both read, on one die and on two: the milliseconds of each thread for one
   Adam step of its half of 3.1 MB, after both have read all weights; before it, the time of a word from core to core and back.
   cc -O3 -march=native -fopenmp dies.c -o dies && ./dies [rounds]     (AVX-512) */
#include <immintrin.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peers/round_trip.h"

#define WEIGHTS 786432
#define HALF (WEIGHTS / 2)
#define STEPS 200

enum way { IN_PLACE, COPIED, COPIED_PAST_CACHES, UNSHARED, WAYS };
static const char *const names[] = {"in place", "copied", "copied past the caches", "read by no other"};
static float *weights, *own, *gradient, *mean, *square;
static volatile float sink[2];

static void read_all(long from, long to, int me) {
    __m512 sum = _mm512_setzero_ps();
    for (long i = from; i < to; i += 16)
        sum = _mm512_add_ps(sum, _mm512_load_ps(weights + i));
    sink[me] = _mm512_reduce_add_ps(sum);
}

static void adam(float *w, long from, long to) {
    const __m512 b1 = _mm512_set1_ps(0.9f), c1 = _mm512_set1_ps(0.1f), b2 = _mm512_set1_ps(0.999f), c2 = _mm512_set1_ps(0.001f);
    const __m512 rate = _mm512_set1_ps(1e-3f), epsilon = _mm512_set1_ps(1e-8f);
    for (long i = from; i < to; i += 16) {
        __m512 g = _mm512_load_ps(gradient + i);
        __m512 m = _mm512_fmadd_ps(_mm512_load_ps(mean + i), b1, _mm512_mul_ps(g, c1));
        __m512 v = _mm512_fmadd_ps(_mm512_load_ps(square + i), b2, _mm512_mul_ps(_mm512_mul_ps(g, g), c2));
        __m512 step = _mm512_div_ps(_mm512_mul_ps(rate, m), _mm512_add_ps(_mm512_sqrt_ps(v), epsilon));
        _mm512_store_ps(mean + i, m);
        _mm512_store_ps(square + i, v);
        _mm512_store_ps(w + i, _mm512_add_ps(_mm512_load_ps(w + i), step));
    }
}

static double milliseconds(enum way way) {
    double spent = 0;
#pragma omp parallel num_threads(2) reduction(+ : spent)
    for (int s = 0, me = omp_get_thread_num(); s < STEPS; s++) {
        long from = me * (long)HALF, to = from + HALF;
        read_all(way == UNSHARED ? from : 0, way == UNSHARED ? to : WEIGHTS, me);
        memset(gradient + from, 0, HALF * sizeof(float));
#pragma omp barrier
        double begun = omp_get_wtime();
        adam(way == COPIED || way == COPIED_PAST_CACHES ? own : weights, from, to);
        if (way == COPIED)
            memcpy(weights + from, own + from, HALF * sizeof(float));
        for (long i = from; way == COPIED_PAST_CACHES && i < to; i += 16)
            _mm512_stream_ps(weights + i, _mm512_load_ps(own + i));
        _mm_sfence();
        spent += s < STEPS / 10 ? 0 : omp_get_wtime() - begun;
#pragma omp barrier
    }
    return spent / 2 / (STEPS - STEPS / 10) * 1e3;
}

int main(int argc, char **argv) {
    float **all[] = {&weights, &own, &gradient, &mean, &square};
    for (int i = 0; i < 5; i++) {
        *all[i] = aligned_alloc(4096, WEIGHTS * sizeof(float));
        memset(*all[i], 0, WEIGHTS * sizeof(float));
    }
    for (int r = argc > 1 ? atoi(argv[1]) : 10; r > 0; r--) {
        printf("%4.0f ns", round_trip());
        for (int way = 0; way < WAYS; way++)
            printf(", %s %.3f", names[way], milliseconds(way));
        printf(", %4.0f ns\n", round_trip());
        fflush(stdout);
    }
}
