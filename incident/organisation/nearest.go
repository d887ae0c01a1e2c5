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

// nearest is the known name that differs least from the unknown one, if it is
// near enough to be meant.
func nearest(unknown string, known []string) string {
	unknown = strings.ToLower(unknown)
	if len(unknown) > 100 {
		return ""
	}
	best, found := max(1, (len(unknown)+1)/3)+1, ""
	for _, k := range known {
		if d := distance(unknown, strings.ToLower(k)); d < best {
			best, found = d, k
		}
	}
	return found
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour between a and b (optimal string alignment).
func distance(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
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
		before, row = row, next
	}
	return row[len(b)]
}
