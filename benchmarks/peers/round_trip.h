#include <omp.h>
#include <stdatomic.h>

/* The nanoseconds that a word takes from one core to another and back: under 100 where they share a cache, several hundred
   where they are on different dies. */
static double round_trip(void) {
    enum { TRIPS = 1000000 };
    static _Alignas(128) atomic_int word;
    atomic_store(&word, 0);
    double t0 = 0;
#pragma omp parallel num_threads(2)
    for (int i = 0, me = omp_get_thread_num(); i < TRIPS; i++) {
        if (me == 0 && i == TRIPS / 10)
            t0 = omp_get_wtime();
        while (atomic_load(&word) != 2 * i + me)
            ;
        atomic_store(&word, 2 * i + me + 1);
    }
    return (omp_get_wtime() - t0) / (TRIPS - TRIPS / 10) * 1e9;
}
