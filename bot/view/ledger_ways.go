package view

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// How many states one method is told in; those before are left out.
const maxStates = 3

// wayWords are the messages to one person, a word or two for each method. Methods have
// a fixed order, so that eyes find them again; of each the newest state comes last, and
// what is the same several times is said once.
func wayWords(ways []Way) []string {
	var words []string
	for _, m := range methodsOf(ways) {
		words = append(words, methodWords(slices.DeleteFunc(slices.Clone(ways), func(w Way) bool { return w.Method != m })))
	}
	return words
}

// methodsOf are the methods of ways in the order of all methods; one that we do not know
// comes last.
func methodsOf(ways []Way) []paging.Method {
	list := paging.Methods()
	for _, w := range ways {
		if !slices.Contains(list, w.Method) {
			list = append(list, w.Method)
		}
	}
	return slices.DeleteFunc(list, func(m paging.Method) bool {
		return !slices.ContainsFunc(ways, func(w Way) bool { return w.Method == m })
	})
}

// methodWords are the messages by one method: "text message failed (busy), then sent".
func methodWords(ways []Way) string {
	slices.SortStableFunc(ways, func(a, b Way) int { return a.Due.Compare(b.Due) })
	var words []string
	times := map[string]int{}
	for _, w := range ways {
		word := wayWord(w)
		if times[word]++; times[word] > 1 {
			words = slices.DeleteFunc(words, func(said string) bool { return said == word })
		}
		words = append(words, word)
	}
	words = words[max(0, len(words)-maxStates):]
	for n, word := range words {
		words[n] = word + timesOver(times[word])
		if n > 0 {
			words[n] = strings.Replace(words[n], ways[0].Method.String()+" ", "", 1)
		}
	}
	return strings.Join(words, ", then ")
}

// timesOver says how often, when it is more than once.
func timesOver(n int) string {
	switch n {
	case 1:
		return ""
	case 2:
		return " twice"
	}
	return " " + strconv.Itoa(n) + " times"
}
