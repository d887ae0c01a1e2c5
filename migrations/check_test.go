package migrations

import (
	"errors"
	"strings"
	"testing"
)

func TestOldServersAreRefused(t *testing.T) {
	t.Parallel()
	err := supported(130014, "13.14")
	if !errors.Is(err, ErrServerTooOld) || !strings.Contains(err.Error(), "13.14") || !strings.Contains(err.Error(), "14 or later") {
		t.Errorf("supported(13.14) = %v; want both versions named", err)
	}
	if err := supported(140000, "14.0"); err != nil {
		t.Errorf("supported(14.0) = %v; want nil", err)
	}
}
