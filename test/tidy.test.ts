/** Checks that the whole of the sources keeps the rules of CONTRIBUTING.md. All checks share one reading of the files. */
import './tidy/reader.js';
import './tidy/packages.js';
import './tidy/circles.js';
import './tidy/rooms.js';
import './tidy/purity.js';
import './tidy/constructs.js';
import './tidy/sizes.js';
import './tidy/words.js';
import './tidy/document-words.js';
import './tidy/document-paths.js';
import './tidy/reached.js';
import './tidy/starts.js';
