package organisation

import "strings"

// orNearest ends a sentence about an unknown name: with the name that was
// probably meant, or else with what to do instead.
func orNearest(unknown string, known []string, instead string) string {
	if meant := nearest(unknown, known); meant != "" {
		return "; did you mean " + meant + "?"
	}
	return "; " + instead
}

// longest is the longest name that is looked for, in bytes.
const longest = 63

// nearest is the known name that differs least from the unknown one, if it is
// near enough to be meant.
func nearest(unknown string, known []string) string {
	unknown = strings.ToLower(unknown)
	if len(unknown) > longest {
		return ""
	}
	best, found := max(1, (len(unknown)+1)/3)+1, ""
	for _, k := range known {
		if abs(len(k)-len(unknown)) >= best || len(k) > longest {
			continue
		}
		if d := distance(unknown, strings.ToLower(k)); d < best {
			best, found = d, k
		}
	}
	return found
}

func abs(n int) int { return max(n, -n) }

// distance counts the letters to insert, delete, replace or swap with their
// neighbour between a and b (optimal string alignment). Neither is longer than
// longest.
func distance(a, b string) int {
	var rows [3][longest + 1]int
	before, row, next := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			replaced := row[j]
			if a[i] != b[j] {
				replaced++
			}
			next[j+1] = min(replaced, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
