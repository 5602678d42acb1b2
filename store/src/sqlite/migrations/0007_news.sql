-- In which run a change was made: what is read again, or of years ago, is no news. Of lines before this column nothing is known.
ALTER TABLE change ADD COLUMN run INTEGER;
