// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The candidate that `word` was most likely meant to be, whatever its case; nil if none is close.
/// First those that begin with the word, since it may be unfinished. Of several equally close ones,
/// one with the same beginning, then one of the same length: a wrong character is likelier than a
/// missing one.
package func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
  // No name is so long, and the distance of long ones takes its time.
  guard word.count <= 100 else { return nil }
  let typed = word.lowercased()
  let near = candidates.map { candidate in
    let other = candidate.lowercased()
    return (
      isUnfinished: typed.count > 2 && other.hasPrefix(typed),
      distance: editDistance(typed, other),
      beginning: zip(typed, other).prefix { $0 == $1 }.count,
      length: abs(candidate.count - word.count), candidate: candidate
    )
  }
  .filter { $0.isUnfinished || $0.distance <= max(2, word.count / 3) }
  return near.min {
    if $0.isUnfinished != $1.isUnfinished { return $0.isUnfinished }
    return ($0.distance, -$0.beginning, $0.length, $0.candidate)
      < ($1.distance, -$1.beginning, $1.length, $1.candidate)
  }?.candidate
}

/// `; did you mean “…”?`, or nothing.
package func didYouMean(_ word: String, among candidates: some Sequence<String>) -> String {
  suggestion(for: word, among: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
}

/// The end of a sentence that names `word`: `; did you mean “…”?`, or a full stop.
package func didYouMeanOrStop(_ word: String, among candidates: some Sequence<String>) -> String {
  suggestion(for: word, among: candidates).map { "; did you mean \"\($0)\"?" } ?? "."
}

/// The end of a sentence that names `word`, and a sentence with all candidates.
package func didYouMeanOneOf(_ word: String, _ names: [String]) -> String {
  didYouMeanOrStop(word, among: names) + " There are: \(names.joined(separator: ", "))."
}

/// How many characters have to be put in, taken out, replaced or swapped with their neighbour.
private func editDistance(_ left: String, _ right: String) -> Int {
  let left = Array(left)
  let right = Array(right)
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for row in left.indices {
    var current = [row + 1]
    for column in right.indices {
      let same = left[row] == right[column]
      var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (same ? 0 : 1))
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        best = min(best, beforeLast[column - 1] + 1)
      }
      current.append(best)
    }
    beforeLast = last
    last = current
  }
  return last[right.count]
}
