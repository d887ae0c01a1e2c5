package web

import "net/http"

// HandleLink serves pattern, written without a method, like Handle does, and lets pages
// of every site POST to it and read the answer: ntfy's web app presses a button by a
// fetch of its own (docs.ntfy.sh/subscribe/web). It is for addresses that are the whole
// authority by themselves, as signed links are: h must look at no cookie and no other
// header for who is asking, and change nothing for a GET.
func (s *Server) HandleLink(pattern string, h http.Handler) {
	s.origins.AddInsecureBypassPattern(http.MethodPost + " " + pattern)
	s.mux.Handle(pattern, fetchable(h))
}

// fetchable tells browsers, before and after, that a POST from elsewhere is meant
// (fetch.spec.whatwg.org, CORS protocol). Reading by GET stays with our own pages. The
// star never stands for a request with cookies, and Cross-Origin-Resource-Policy may
// stay: it is for requests that ask for no CORS.
func fetchable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
		if preflight || r.Method == http.MethodPost {
			w.Header().Set("Access-Control-Allow-Origin", "*")
		}
		if preflight {
			w.Header().Set("Access-Control-Allow-Methods", http.MethodPost)
			w.Header().Set("Access-Control-Allow-Headers", "*")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}
