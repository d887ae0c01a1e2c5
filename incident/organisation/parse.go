package organisation

import "time"

// Parse reads an organisation file and checks it whole. name is what messages
// call the file; now is where the look at who will be on call begins. The error
// is a *Mistakes with everything that is wrong. The document is canonical.
func Parse(name string, text []byte, now time.Time) (*Document, error) {
	doc, l := decode(text)
	l.check(doc, now)
	if err := l.err(name); err != nil {
		return nil, err
	}
	return doc.canonical(), nil
}
