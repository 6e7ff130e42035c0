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

// diskState is what was told of the disk last. Service.mu guards it.
type diskState struct {
	fault DiskFault
	since time.Time
}

// tellDisk tells that the disk takes nothing more, or everything again.
func (s *Service) tellDisk(now time.Time) {
	fault := s.ports.Store.Disk()
	s.mu.Lock()
	changed := fault != s.disk.fault
	if changed {
		s.disk = diskState{fault, now}
	}
	s.mu.Unlock()
	if changed {
		s.ports.Notify(Event{Kind: EventDisk, Disk: fault, Since: now})
	}
}

// Disk is why nothing can be stored, or soon nothing, as of the last Tick.
func (s *Service) Disk() DiskFault {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.disk.fault
}
