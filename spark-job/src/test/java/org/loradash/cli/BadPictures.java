package org.loradash.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.loradash.Fixtures;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;

/** What is given to train a U-Net on, and wrong. */
final class BadPictures {
    private static final Map<String, long[]> SHAPES = Map.of(
            "latents", new long[] {8, 4, 4, 6},
            "noise", new long[] {8, 4, 4, 6},
            "prompt_embeds", new long[] {8, 3, 40},
            "pooled", new long[] {8, 20},
            "time_ids", new long[] {8, 6});

    private BadPictures() {}

    static List<BadInput> settings() {
        return new BadInput.Area("denoising: settings")
                .with("a model of texts", workspace -> workspace.set("task.kind = denoising"))
                .with("a pipeline for texts", workspace -> {
                    workspace.pipeline();
                    workspace.set("task.kind = language");
                })
                .with("records of tokens", workspace -> {
                    workspace.pipeline();
                    workspace.set("data.format = tokens");
                })
                .with("no schedule of noise", workspace -> {
                    workspace.pipeline();
                    Workspace.delete(workspace.path("model/scheduler"));
                })
                .setting("task.min-snr = 0")
                .setting("task.noise-offset = 2")
                .setting("task.resolution = 4")
                .setting("task.crop = left")
                .setting("task.prior.weight = 0")
                .cases();
    }

    static List<BadInput> photos() {
        return new BadInput.Area("denoising: photos", "application", "data: places of 1 files")
                .with("no prompt", workspace -> {
                    workspace.pipeline();
                    Files.createDirectory(workspace.path("photos"));
                    workspace.set("data { train = \"" + workspace.path("photos") + "\", format = images }");
                })
                .with("a resolution of no whole latents", workspace -> {
                    photos(workspace);
                    workspace.set("task.resolution = 60");
                })
                .with("a file", workspace -> {
                    photos(workspace);
                    workspace.set("data.train = \"" + workspace.path("photos/a.png") + "\"");
                })
                .with("a folder without photos", workspace -> {
                    photos(workspace);
                    Files.delete(workspace.path("photos/a.png"));
                })
                .with("a text among them", workspace -> {
                    photos(workspace);
                    workspace.text("photos/b.jpg", "a dog");
                })
                .with("photos of the class without a prompt", workspace -> {
                    photos(workspace);
                    workspace.set("task.prior.photos = \"" + workspace.path("photos") + "\"");
                })
                .with("no photos of the class", workspace -> {
                    photos(workspace);
                    workspace.set("task.prior { prompt = a dog, photos = \"" + workspace.path("none") + "\" }");
                })
                .with("no text encoder", workspace -> {
                    photos(workspace);
                    Workspace.delete(workspace.path("model/text_encoder_2"));
                })
                .cases();
    }

    private static void photos(Workspace workspace) throws IOException {
        workspace.pipeline();
        Files.createDirectory(workspace.path("photos"));
        Files.copy(Fixtures.path("golden/sdxl-tiny/photo.png"), workspace.path("photos/a.png"));
        workspace.set("data { train = \"" + workspace.path("photos") + "\", format = images }");
        workspace.set("task { prompt = a dog, resolution = 64 }");
    }

    static List<BadInput> latents() {
        BadInput.Area area = new BadInput.Area("denoising: latents", "application", "data: places of 1 files");
        area.with("no safetensors", workspace -> {
            workspace.pipeline();
            workspace.text("data.safetensors", "latents");
        });
        for (String name : new String[] {"latents", "prompt_embeds", "pooled", "time_ids"}) {
            area.with("no " + name, workspace -> write(workspace, name, new long[0], 1));
        }
        return area.with("other channels", workspace -> write(workspace, "latents", new long[] {8, 3, 4, 6}, 1))
                .with("latents of a long side", workspace -> write(workspace, "latents", new long[] {8, 4, 1, 5000}, 1))
                .with("noise of another shape", workspace -> write(workspace, "noise", new long[] {8, 4, 6, 4}, 1))
                .with("a prompt for fewer", workspace -> write(workspace, "prompt_embeds", new long[] {7, 3, 40}, 1))
                .with("a prompt of another width", workspace -> write(workspace, "pooled", new long[] {8, 21}, 1))
                .with("a time step that there is not", workspace -> write(workspace, "", new long[0], 1000))
                .cases();
    }

    /** @param shape of the tensor; left out where it has no side */
    private static void write(Workspace workspace, String other, long[] shape, long timestep) throws IOException {
        workspace.pipeline();
        List<NamedTensor> tensors = new ArrayList<>();
        SHAPES.forEach((name, right) -> {
            long[] sides = name.equals(other) ? shape : right;
            if (sides.length > 0) {
                tensors.add(NamedTensor.of(
                        name, new float[(int) Arrays.stream(sides).reduce(1, (x, y) -> x * y)], sides));
            }
        });
        long[] timesteps = new long[8];
        timesteps[5] = timestep;
        tensors.add(NamedTensor.of("timesteps", timesteps, 8));
        try (OutputStream out = Files.newOutputStream(workspace.path("data.safetensors"))) {
            SafetensorsWriter.write(out, Map.of(), tensors);
        }
    }
}
