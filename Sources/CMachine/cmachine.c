int cmachine_placeholder;
