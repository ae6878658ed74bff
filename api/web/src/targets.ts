// The page of the targets: the server's own page of another view takes the place of this one, without a reload.
import { follow } from "./targets/view";

follow();
