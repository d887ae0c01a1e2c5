package paging

import "testing"

func TestMaskedAddressesAreRecognisedAndNotUsed(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"": "", "+15550100101": "…0101", "+123": "+…", "bob@example.com": "b…@example.com", "@example.com": "…@example.com", "ölaf@example.com": "ö…@example.com",
		"bob-6f1c9d": "b…", "https://hooks.example.com/secret?k=v": "https://hooks.example.com/…", "https://user:pass@hooks.example.com/x": "https://hooks.example.com/…",
		"U02ALICE": "U…",
	} {
		if got := MaskAddress(address); got != want {
			t.Errorf("MaskAddress(%q) = %q, want %q", address, got, want)
		}
	}
}
