// Rates passphrases. In a worker of its own because the dictionaries take a second to get ready,
// and because ending it lets go of whatever it was asked about.
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as english from '@zxcvbn-ts/language-en';
import type { StrengthAnswer, StrengthQuestion } from './strength';

/** What comes after it makes a passphrase no weaker, and would take long to look at. */
const CHARACTERS_MAX = 64;

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
  translations: english.translations,
  maxLength: CHARACTERS_MAX,
});

self.onmessage = ({ data }: MessageEvent<StrengthQuestion>) => {
  const { score, crackTimes, feedback } = zxcvbn.check(
    data.text.slice(0, CHARACTERS_MAX),
    data.known,
  );
  const answer: StrengthAnswer = {
    id: data.id,
    strength: {
      score,
      time: crackTimes.offlineSlowHashingXPerSecond.display,
      advice: feedback.warning ?? '',
    },
  };
  self.postMessage(answer);
};
