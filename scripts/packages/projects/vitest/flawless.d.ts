/// <reference types="@flawless-ts/module-builder/vite/client" />
