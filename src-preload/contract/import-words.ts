import type { ImportWarning, RejectReason } from './import.js';

/** Why a row or a cell is not imported, as people read it; the screens and the command line say it alike. */
export const rejectWords: Readonly<Record<RejectReason, string>> = {
  too_few_cells: 'fewer cells than columns',
  too_many_cells: 'more cells than columns',
  quote_not_closed: 'a quote is never closed',
  bad_quotes: 'quotes in the wrong place',
  bad_json: 'not valid JSON',
  not_an_object: 'not one flat JSON object',
  control_character: 'a character that is no text',
  value_too_long: 'a value over 4,000 characters',
  address_missing: 'no address',
  channel_missing: 'no channel',
  unknown_channel: 'an unknown channel',
  empty: 'an empty address',
  too_long: 'an address that is too long',
  bad_email: 'not an e-mail address',
  bad_domain: 'a domain that cannot exist',
  bad_phone: 'not a phone number',
  country_needed: 'a phone number without country',
  bad_number: 'not a number',
  bad_date: 'not an ISO 8601 date',
  bad_opt_out: 'OptOut is neither ALL nor NONE',
  bad_status: 'the status is neither ACTIVE nor INACTIVE',
  bad_id: 'not an id',
  unknown_id: 'an id that nobody has, and no address',
  unknown_user: 'a user id that nobody has',
  id_missing: 'no id, and rows are found by it',
  user_missing: 'no user id, and rows are found by it',
  several_endpoints: 'the person has several addresses of this channel',
  too_many_columns: 'too many columns',
};

/** What is to be looked at in a file, though it is imported. */
export const warningWords: Readonly<Record<ImportWarning['code'], string>> = {
  phone_without_plus: 'Phone numbers without + were read with the country code they begin with, or the default country.',
  country_converted: 'Countries were written as ISO codes of two letters.',
  country_unknown: 'These are no countries that we know. They are kept as they are.',
  timezone_unknown: 'These are no time zone names. They are kept as they are.',
  unclear_unsubscribe: 'It is unclear whether these say yes or no. They count as unsubscribed.',
  column_appeared_later: 'This name appears only further down and is left out.',
  quote_not_closed: 'starts a quote that is never closed; everything after it was read as one row and is rejected with it. Close the quote and check the file again.',
  typo_domain: 'These domains look like slips. They are imported as they are; correct them in the file if they are wrong.',
  role_address: 'These mailboxes belong to a function, not to a person. They are imported like any other.',
  encoding_guessed: 'The file does not say how its characters are written; Windows-1252 (Western European) was guessed. Look whether these names are right.',
  several_user_ids: 'Several user ids in one cell were taken one by one.',
};
