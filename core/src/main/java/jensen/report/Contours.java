package jensen.report;

import java.awt.geom.Point2D;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jensen.evaluate.PosteriorGrid;

/** Curves along which a function on a grid has one value, by linear interpolation along the sides of its cells. */
final class Contours {
    private final PosteriorGrid grid;
    private final double level;
    private final int across;
    private final Map<Integer, List<Integer>> neighbours = new HashMap<>();

    private Contours(PosteriorGrid grid, double level) {
        this.grid = grid;
        this.level = level;
        this.across = grid.axes()[0].length;
    }

    /** The curves of a log-density in two dimensions at one of its values; a closed curve ends where it begins. */
    static List<List<Point2D>> at(PosteriorGrid grid, double level) {
        Contours contours = new Contours(grid, level);
        for (int j = 0; j + 1 < grid.axes()[1].length; j++) {
            for (int i = 0; i + 1 < contours.across; i++) {
                contours.cell(i, j);
            }
        }
        return contours.joined();
    }

    /** A side of the grid's cells by a number: from point (i, j) to the right, or upwards. */
    private int side(int i, int j, boolean upwards) {
        return 2 * (j * across + i) + (upwards ? 1 : 0);
    }

    private double value(int i, int j) {
        return grid.logDensity()[j * across + i];
    }

    private boolean inside(int i, int j) {
        return value(i, j) > level;
    }

    private void cell(int i, int j) {
        List<Integer> crossed = new ArrayList<>();
        boolean[] corner = {inside(i, j), inside(i + 1, j), inside(i + 1, j + 1), inside(i, j + 1)};
        int[] sides = {side(i, j, false), side(i + 1, j, true), side(i, j + 1, false), side(i, j, true)};
        for (int s = 0; s < 4; s++) {
            if (corner[s] != corner[(s + 1) % 4]) {
                crossed.add(sides[s]);
            }
        }
        if (crossed.size() == 2) {
            join(crossed.get(0), crossed.get(1));
        } else if (crossed.size() == 4) {
            double middle = (value(i, j) + value(i + 1, j) + value(i, j + 1) + value(i + 1, j + 1)) / 4;
            // a saddle: the corner (i, j) is cut off where it differs from the middle
            int shift = (middle > level) == corner[0] ? 0 : 1;
            join(crossed.get(shift), crossed.get(shift + 1));
            join(crossed.get(2 + shift), crossed.get((3 + shift) % 4));
        }
    }

    private void join(int a, int b) {
        neighbours.computeIfAbsent(a, none -> new ArrayList<>()).add(b);
        neighbours.computeIfAbsent(b, none -> new ArrayList<>()).add(a);
    }

    private List<List<Point2D>> joined() {
        List<List<Point2D>> curves = new ArrayList<>();
        while (!neighbours.isEmpty()) {
            int start = neighbours.keySet().iterator().next();
            Deque<Integer> curve = new ArrayDeque<>(List.of(start));
            for (Integer next = step(start); next != null; next = step(next)) {
                curve.addLast(next);
            }
            for (Integer next = step(start); next != null; next = step(next)) {
                curve.addFirst(next);
            }
            neighbours.remove(start);
            curves.add(curve.stream().map(this::point).toList());
        }
        return curves;
    }

    private @org.jspecify.annotations.Nullable Integer step(int from) {
        List<Integer> ways = neighbours.getOrDefault(from, List.of());
        if (ways.isEmpty()) {
            neighbours.remove(from);
            return null;
        }
        int next = ways.remove(0);
        List<Integer> back = neighbours.getOrDefault(next, List.of());
        back.remove((Integer) from);
        if (ways.isEmpty()) {
            neighbours.remove(from);
        }
        return next;
    }

    private Point2D point(int side) {
        int i = side / 2 % across;
        int j = side / 2 / across;
        boolean upwards = side % 2 == 1;
        double here = value(i, j);
        double there = upwards ? value(i, j + 1) : value(i + 1, j);
        double part = Double.isFinite(here) && Double.isFinite(there) ? (level - here) / (there - here) : 0.5;
        double[] x = grid.axes()[0];
        double[] y = grid.axes()[1];
        return upwards
                ? new Point2D.Double(x[i], y[j] + part * (y[j + 1] - y[j]))
                : new Point2D.Double(x[i] + part * (x[i + 1] - x[i]), y[j]);
    }
}
