"""Template packs as things to author: beginning one, and checking one before anything is made with it."""
