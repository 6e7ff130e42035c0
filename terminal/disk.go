package terminal

import "time"

// mendEvery is how often a disk that refused something is tried again.
const mendEvery = 5 * time.Second

// tickDisk keeps the reserve that carries the terminal over a full disk, and tries a disk that has
// refused something: work goes on by itself once there is room again.
func (s *Service) tickDisk(now time.Time) {
	before := s.ports.Store.Disk()
	since := now.Sub(s.mended)
	if !s.mended.IsZero() && (before == DiskWorks || since >= 0 && since < mendEvery) {
		return
	}
	s.mended = now
	switch after := s.ports.Store.Mend(); {
	case after != DiskWorks:
		s.ports.Log.Error("the disk takes nothing more: make room on it", "fault", after)
	case before != DiskWorks:
		s.ports.Log.Info("the disk takes everything again")
		s.ports.WakePrinters()
		s.ports.WakeSync()
	}
}
