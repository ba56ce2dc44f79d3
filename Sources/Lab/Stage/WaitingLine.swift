// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Wire

/// Which of the guests that wait is for which trial: pure, so that it is tested without a guest.
package struct WaitingLine<Guest> {
  private struct Place {
    /// The trial that it knows; nil for one that any trial may take.
    let plan: TrialPlan?
    let guest: Guest
  }

  private var places: [Place] = []

  package init() {}

  /// In the order in which they joined.
  package var guests: [Guest] { places.map(\.guest) }

  /// Has a guest for each of these trials; nil stands for a trial that isn't known yet. Guests that
  /// know no trial stay, those that know another leave.
  ///
  /// - Parameters:
  ///   - make: called for each guest that is missing.
  ///   - brief: announces a trial to a guest.
  /// - Returns: the guests that leave.
  package mutating func fill(
    _ plans: [TrialPlan?], make: () -> Guest, brief: (Guest, TrialPlan) -> Guest
  ) -> [Guest] {
    var wanted = plans
    var kept: [Place] = []
    var open: [Place] = []
    var leaving: [Guest] = []
    for place in places {
      if let index = wanted.firstIndex(of: place.plan) {
        wanted.remove(at: index)
        kept.append(place)
      } else if place.plan == nil {
        open.append(place)
      } else {
        leaving.append(place.guest)
      }
    }
    for plan in wanted {
      let guest = open.isEmpty ? make() : open.removeFirst().guest
      kept.append(Place(plan: plan, guest: plan.map { brief(guest, $0) } ?? guest))
    }
    places = kept + open
    return leaving
  }

  /// Takes out the guest that knows this trial, or else one that knows none, whichever has waited
  /// longest.
  package mutating func take(for plan: TrialPlan?) -> Guest? {
    let index = places.firstIndex { $0.plan == plan } ?? places.firstIndex { $0.plan == nil }
    return index.map { places.remove(at: $0).guest }
  }

  /// - Returns: who leaves: everybody.
  package mutating func empty() -> [Guest] {
    defer { places = [] }
    return guests
  }
}
