"""python -m gan_models.recipe PICTURE [-o AGAIN.png] [--source UPSCALED_FROM]"""

from gan_models.remake import main

if __name__ == "__main__":
    main()
